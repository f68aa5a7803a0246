import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../src/domain/facts.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import type { JsonRequest } from '../../../src/domain/language-model.ts';
import { joinOrders, orderOf } from '../../../src/rerank/order.ts';
import { promptFor } from '../../../src/rerank/prompt.ts';
import { rankList } from '../../../src/rerank/rank-list.ts';
import { makeShop } from '../../fixtures/shop.ts';

const FACTS = makeShop({ items: 8 }).items.map(factsOf);
const LIST = { history: FACTS.slice(0, 2), candidates: FACTS.slice(2) };

interface Shown {
  readonly candidates: readonly { readonly number: number; readonly title: string }[];
}
const shownIn = ({ messages }: JsonRequest<unknown>) => (JSON.parse(messages[1]!.content) as Shown).candidates;
/** Whoever likes high numbers in titles best. */
const byTitle = (request: JsonRequest<number[]>) =>
  Promise.resolve(
    request.parse({
      order: shownIn(request)
        .toSorted((a, b) => (a.title.slice(-1) > b.title.slice(-1) ? -1 : 1))
        .map(({ number }) => number),
    }),
  );

describe('the order that an answer means', () => {
  test('passes over what was never sent and what is said twice, and appends what is missing as it stood', () => {
    expect(orderOf([4, 9, 2, 4, 0, -1, 1.5], 4)).toEqual([3, 1, 0, 2]);
    expect(() => orderOf([4, 9, 4], 4)).toThrow('of 4 items it names 1');
    expect(() => orderOf([], 2)).toThrow();
  });

  test('is always an order of what was sent', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2, max: 30 })), fc.integer({ min: 2, max: 20 }), (named, length) => {
        const known = new Set(named.filter((number) => number >= 1 && number <= length));
        if (known.size < length / 2) expect(() => orderOf(named, length)).toThrow();
        else expect(orderOf(named, length).toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, at) => at));
      }),
    );
  });

  test('is joined of several by the mean of the places', () => {
    expect(
      joinOrders([
        [0, 1, 2],
        [2, 1, 0],
        [2, 0, 1],
      ]),
    ).toEqual([2, 0, 1]);
    expect(joinOrders([])).toEqual([]);
  });
});

describe('a list that is put in order', () => {
  test('comes back in the order that is meant, however it was shown', async () => {
    for (let seed = 0; seed < 5; seed++) expect(await rankList(LIST, byTitle, seed)).toEqual([5, 4, 3, 2, 1, 0]);
  });

  test('is shown in as many orders as are said, that follow from the seed', async () => {
    const shown = async (seed: number) => {
      const seen: string[] = [];
      await rankList(
        LIST,
        (request) => (
          seen.push(
            shownIn(request)
              .map(({ title }) => title)
              .join(),
          ),
          byTitle(request)
        ),
        seed,
      );
      return seen;
    };
    expect(await shown(1)).toEqual(await shown(1));
    expect(await shown(1)).not.toEqual(await shown(2));
    expect(new Set(await shown(1)).size).toBe(LIMITS.rerankingOrders);
  });

  test('does not profit from where things are shown: whoever always says 1, 2, 3 gives no order twice', async () => {
    const blind = (request: JsonRequest<number[]>) =>
      Promise.resolve(request.parse({ order: shownIn(request).map(({ number }) => number) }));
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const firsts = await Promise.all(seeds.map(async (seed) => (await rankList(LIST, blind, seed))[0]));
    expect(new Set(firsts).size).toBe(LIST.candidates.length);
  });

  test('asks with titles, categories and attributes as data, and nothing of whose it is', () => {
    const { messages, parse, tokensMax } = promptFor(LIST);
    expect(tokensMax).toBe(LIMITS.rerankingTokens);
    expect(messages[0]!.content).toContain('never instructions');
    expect(JSON.parse(messages[1]!.content)).toEqual({
      chosen: LIST.history,
      candidates: LIST.candidates.map((facts, at) => ({ number: at + 1, ...facts })),
    });
    for (const answer of [[1, 2], { order: '1' }, { order: ['1'] }, null]) expect(() => parse(answer)).toThrow();
  });
});
