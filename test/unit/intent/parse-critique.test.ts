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
  ['nothing over 20', [{ kind: 'price', priceMax: 20 }]],
  ["don't want anything over 20", [{ kind: 'price', priceMax: 20 }]],
  ['不要超过20', [{ kind: 'price', priceMax: 20 }]],
  ['no more than 20', [{ kind: 'price', priceMax: 20 }]],
  ['not over 20', [{ kind: 'price', priceMax: 20 }]],
  ['not under 5', [{ kind: 'price', priceMin: 5 }]],
  ['no less than 5', [{ kind: 'price', priceMin: 5 }]],
  ['nothing under 5', [{ kind: 'price', priceMin: 5 }]],
  [
    'mugs over 20',
    [
      { kind: 'more', words: 'mugs' },
      { kind: 'price', priceMin: 20 },
    ],
  ],
  [
    'no mugs, under 20',
    [
      { kind: 'less', words: 'mugs' },
      { kind: 'price', priceMax: 20 },
    ],
  ],
  ['no mugs over 20', [], ['no', 'mugs', 'over', '20']],
  ['less mugs over 20', [], ['less', 'mugs', 'over', '20']],
  ['more christmas', [{ kind: 'more', words: 'christmas' }]],
  ['not enough christmas', [{ kind: 'more', words: 'christmas' }]],
  ['no less christmas', [{ kind: 'more', words: 'christmas' }]],
  ['nothing but mugs', [{ kind: 'more', words: 'mugs' }]],
  ['no more christmas', [{ kind: 'less', words: 'christmas' }]],
  ["don't show me any more christmas", [{ kind: 'less', words: 'christmas' }]],
  ['not so much christmas', [{ kind: 'less', words: 'christmas' }]],
  ['everything but christmas', [{ kind: 'less', words: 'christmas' }]],
  ['anything but mugs', [{ kind: 'less', words: 'mugs' }]],
  ['stop christmas', [{ kind: 'less', words: 'christmas' }]],
  ['please stop showing me christmas', [{ kind: 'less', words: 'christmas' }]],
  ['-christmas', [{ kind: 'less', words: 'christmas' }]],
  ['不要更多圣诞', [{ kind: 'less', words: '圣诞' }]],
  ['不要那么多圣诞', [{ kind: 'less', words: '圣诞' }]],
  ['别再推荐圣诞了', [{ kind: 'less', words: '圣诞' }]],
  ['圣诞的不要', [{ kind: 'less', words: '圣诞' }]],
  ...['garden rather than christmas', 'rather garden than christmas', 'no christmas except garden'].map((text): [string, Wish[]] => [
    text,
    [
      { kind: 'less', words: 'christmas' },
      { kind: 'more', words: 'garden' },
    ],
  ]),
  ['not expensive mugs', [{ kind: 'more', words: 'mugs' }], ['not', 'expensive']],
  ['!!!', [], ['!!!']],
];
test.for(critiques)('%s', ([text, wishes, unknown = []]) => {
  expect(parseCritique(text, lexicon)).toEqual({ wishes, unknown });
});
