import { expect, test } from 'vitest';
import type { Critique, Wish } from '../../../src/domain/critique.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { activeCritiques, addCritique, refineCritiques, removeCritique } from '../../../src/session/critiques.ts';

const critique = (id: string, wish: Wish, atMs = 0): Critique => ({ id, atMs, ...wish });
const ids = (critiques: readonly Critique[]) => critiques.map(({ id }) => id);

test('a later critique of the same thing takes the place of the earlier', () => {
  const all = [
    critique('a', { kind: 'more', words: 'mugs' }),
    critique('b', { kind: 'price', priceMax: 5 }),
    critique('c', { kind: 'less', words: 'mugs' }),
    critique('d', { kind: 'price', priceMin: 2 }),
    critique('e', { kind: 'more-like-this', item: 'i1' }),
    critique('f', { kind: 'not-this', item: 'i1' }),
    critique('g', { kind: 'less', words: 'bags' }),
  ].reduce<readonly Critique[]>(addCritique, []);
  expect(ids(all)).toEqual(['c', 'd', 'f', 'g']);
  expect(ids(removeCritique(all, 'd'))).toEqual(['c', 'f', 'g']);
  expect(removeCritique(all, 'unheard of')).toEqual(all);
});

test('as many are kept as may be, the newest of them', () => {
  const many = Array.from({ length: LIMITS.critiques + 1 }, (_, at) => critique(`${at}`, { kind: 'more', words: `w${at}` }));
  expect(many.slice(1).reduce<readonly Critique[]>(addCritique, [])).toHaveLength(LIMITS.critiques);
  expect(ids(many.reduce<readonly Critique[]>(addCritique, []))).toEqual(ids(many.slice(1)));
});

test('one is forgotten when its time is over', () => {
  const one = [critique('a', { kind: 'more', words: 'mugs' }, 1_000)];
  expect(activeCritiques(one, 1_000 + LIMITS.critiqueTtlMs - 1)).toEqual(one);
  expect(activeCritiques(one, 1_000 + LIMITS.critiqueTtlMs)).toEqual([]);
});

test('what a language model read takes the place of what the rules read, once, and only while all of that is there', () => {
  const said = [
    critique('other', { kind: 'more', words: 'lights' }, 1),
    critique('a', { kind: 'more', words: 'tea' }, 2),
    critique('b', { kind: 'price', priceMax: 5 }, 2),
  ];
  const wishes: Wish[] = [
    { kind: 'less', words: 'bags' },
    { kind: 'more', words: 'mugs' },
    { kind: 'price', priceMax: 5 },
  ];
  const refined = refineCritiques(said, ['a', 'b'], wishes);
  expect(refined).toEqual([
    said[0],
    { id: 'a', atMs: 2, origin: 'llm', kind: 'less', words: 'bags' },
    { id: 'b', atMs: 2, origin: 'llm', kind: 'more', words: 'mugs' },
    { id: 'a.2', atMs: 2, origin: 'llm', kind: 'price', priceMax: 5 },
  ]);
  const withoutOne = removeCritique(refined, 'a.2');
  expect(refineCritiques(withoutOne, ['a', 'b'], wishes)).toBe(withoutOne);
  const takenBack = removeCritique(said, 'b');
  expect(refineCritiques(takenBack, ['a', 'b'], wishes)).toBe(takenBack);
  expect(refineCritiques([], ['a', 'b'], wishes)).toEqual([]);
  expect(refineCritiques(said, [], wishes)).toBe(said);
});
