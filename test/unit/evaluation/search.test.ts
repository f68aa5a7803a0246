import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/kernel/random.ts';
import { measureTitles } from '../../../src/evaluation/find-titles.ts';
import { measureTags, partOf, SEARCHES, withTrainedTags } from '../../../src/evaluation/search.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

const WORDS = Array.from({ length: 200 }, (_, at) => `word${at}x`);

test('tags are split by their spelling, about as 5 : 2 : 3', () => {
  const parts = Object.groupBy(WORDS, partOf);
  expect(parts.trained!.length).toBeGreaterThan(70);
  expect(parts.validation!.length).toBeGreaterThan(20);
  expect(parts.test!.length).toBeGreaterThan(40);
});

test('no tag but those trained on comes into the artefacts, and a tag that is a word of titles is found by it', async () => {
  const shop = makeShop();
  const tested = ['mugs', 'bags', 'lights'].filter((word) => partOf(word) === 'test');
  const trained = WORDS.find((word) => partOf(word) === 'trained')!;
  const ids = (family: string) => new Set(shop.items.filter(({ categories }) => categories[0] === family).map(({ id }) => id));
  expect(tested.length).toBeGreaterThan(0);
  const unseen = WORDS.find((word) => partOf(word) === 'test')!;
  const tags = new Map([...tested.map((word) => [word, ids(word)] as const), [trained, ids('mugs')], [unseen, ids('mugs')]]);
  const artefacts = withTrainedTags(shop, tags);
  expect(artefacts.items[0]!.attributes['tags']).toEqual([trained]);
  expect(JSON.stringify(artefacts.items)).not.toContain(unseen);

  const serving = new Serving(await snapshotOf(artefacts), engineOf(standIn()));
  const [bm25] = SEARCHES;
  const figures = await measureTags(tags, 'test', serving, bm25!.matching);
  expect(figures.tags).toBe(tested.length + 1);
  expect(figures['ndcg@10']).toBeCloseTo(tested.length / (tested.length + 1), 5);
});

test('mistyped titles are measured on every item that has a title to mistype', async () => {
  const serving = new Serving(await snapshotOf(makeShop({ items: 6 })), engineOf(standIn()));
  for (const mistake of ['misspelt', 'partial'] as const) {
    const { titles, found } = await measureTitles(mistake, serving, seededRandom(1));
    expect([titles, found > 0.5]).toEqual([6, true]);
  }
});
