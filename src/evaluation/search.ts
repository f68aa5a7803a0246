import type { Artefacts } from '../catalog/snapshot.ts';
import type { Item } from '../domain/item.ts';
import { fnv1a } from '../kernel/hash.ts';
import { recommend } from '../recommend/recommend.ts';
import { fillRequest } from '../recommend/request.ts';
import { SCENARIOS } from '../recommend/scenarios.ts';
import type { Serving } from '../recommend/serving.ts';
import type { Matching } from '../recommend/settings.ts';
import { Stopwatch } from '../recommend/stopwatch.ts';
import { ndcgAt, recallAt } from '../training/metrics.ts';

/** How deep an answer is read. */
const DEPTH = 20;
/** Tags of fewer items than this say too little of an answer to be asked for. */
const ITEMS_MIN = 3;

/** Who searches: somebody of whom nothing is known. */
export const STRANGER = { scenario: 'search', nowMs: 0, random: () => 0 } as const;

/** Items by a word or phrase that people gave them. */
export type Tags = ReadonlyMap<string, ReadonlySet<string>>;

type TagPart = 'trained' | 'validation' | 'test';

/** Which part a tag belongs to, by its spelling alone: half are trained on, a fifth validates, the rest tests. */
export function partOf(tag: string): TagPart {
  const tenth = (fnv1a(tag) / 2 ** 32) * 10;
  return tenth < 5 ? 'trained' : tenth < 7 ? 'validation' : 'test';
}

/** The artefacts with the tags to be trained on as labels of their items; no other tag is anywhere in them. */
export function withTrainedTags(artefacts: Artefacts, tags: Tags): Artefacts {
  const byItem = new Map<string, string[]>();
  for (const [tag, ids] of tags) {
    if (partOf(tag) === 'trained') for (const id of ids) byItem.set(id, [...(byItem.get(id) ?? []), tag]);
  }
  const tagged = (item: Item) => ({ ...item, attributes: { ...item.attributes, tags: byItem.get(item.id) ?? [] } });
  return { ...artefacts, items: artefacts.items.map(tagged) };
}

/** The rows: each way of finding by itself, and what serves. */
export const SEARCHES: readonly { readonly name: string; readonly matching: Matching }[] = [
  { name: 'BM25', matching: { lexical: 1, semantic: 0, behaviour: 0 } },
  { name: 'text encoder', matching: { lexical: 0, semantic: 1, behaviour: 0 } },
  { name: 'fused', matching: SCENARIOS.search.matching },
];

interface SearchFigures {
  readonly tags: number;
  readonly 'ndcg@10': number;
  readonly 'recall@20': number;
}

/** Asks for every tag of a part as a stranger would type it; the items with the tag are the right answers. Means over tags. */
export async function measureTags(tags: Tags, part: TagPart, serving: Serving, matching: Matching): Promise<SearchFigures> {
  let [count, ndcg, recall] = [0, 0, 0];
  for (const [tag, ids] of tags) {
    if (partOf(tag) !== part || ids.size < ITEMS_MIN) continue;
    const request = fillRequest({ ...STRANGER, query: tag, limit: DEPTH, overrides: { matching } });
    const { items } = await recommend(request, serving, new Stopwatch(() => 0));
    const ranks = items.flatMap(({ id }, rank) => (ids.has(id) ? [rank] : []));
    count++;
    ndcg += ndcgAt(10, ranks, ids.size);
    recall += recallAt(DEPTH, ranks, ids.size);
  }
  return { tags: count, 'ndcg@10': ndcg / count, 'recall@20': recall / count };
}
