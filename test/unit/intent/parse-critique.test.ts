import { expect, test } from 'vitest';
import type { Wish } from '../../../src/domain/critique.ts';
import { Lexicon } from '../../../src/intent/lexicon.ts';
import { parseCritique } from '../../../src/intent/parse-critique.ts';

const TITLES = ['Christmas tree', 'Garden lantern', 'Red mug', '圣诞杯子', '花园灯'];
const lexicon = new Lexicon(TITLES.map((title, id) => ({ id: `${id}`, title, price: 5, categories: [], attributes: {} })));

const critiques: [text: string, wishes: Wish[], unknown?: string[]][] = [
  [
    'less Christmas, more for the garden, under £5',
    [
      { kind: 'less', words: 'christmas' },
      { kind: 'more', words: 'garden' },
      { kind: 'price', priceMax: 5 },
    ],
  ],
  [
    'a bit less red and christmas',
    [
      { kind: 'less', words: 'red' },
      { kind: 'less', words: 'christmas' },
    ],
  ],
  ['too much red', [{ kind: 'less', words: 'red' }]],
  ['no mugs please', [{ kind: 'less', words: 'mugs' }]],
  [
    'more lanterns less mugs',
    [
      { kind: 'less', words: 'mugs' },
      { kind: 'more', words: 'lanterns' },
    ],
  ],
  ['lanterns', [{ kind: 'more', words: 'lanterns' }]],
  ['between 2 and 4', [{ kind: 'price', priceMin: 2, priceMax: 4 }]],
  [
    '少一点圣诞，多一点花园，5元以下',
    [
      { kind: 'less', words: '圣诞' },
      { kind: 'more', words: '花园' },
      { kind: 'price', priceMax: 5 },
    ],
  ],
  ['less qzxv', [], ['qzxv']],
  ['', []],
];
test.for(critiques)('%s', ([text, wishes, unknown = []]) => {
  expect(parseCritique(text, lexicon)).toEqual({ wishes, unknown });
});
