import type { Dataset } from '../src/dataset/dataset.ts';
import { MISTAKES, mistype } from '../src/evaluation/find-titles.ts';
import { seededRandom, shuffle, type Random } from '../src/kernel/random.ts';
import { firstNotBelow } from '../src/kernel/search.ts';

/** One visit: of a user whose history goes up to here, or of somebody with a query. */
export type Visit = { readonly history: readonly string[] } | { readonly query: string };

/** Draws ranks from 0 on: the chance of each is as 1 / (rank + 1), Zipf's law with the exponent 1. */
export function zipf(count: number, random: Random): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) sums[rank] = sum += 1 / (rank + 1);
  return () => firstNotBelow(sums, random() * sum);
}

/**
 * `requests` visits in the order of a data set's time: users come as often as Zipf's law says, and each brings what the data says they had bought
 * until then. Of every `1 / searches` visits one is a search for a mistyped title.
 */
export function* visitsOf({ items, item, atMs, start, users }: Dataset, requests: number, searches: number): Generator<Visit> {
  const random = seededRandom(1);
  const times = atMs.toSorted();
  const order = users.map((_, user) => user);
  shuffle(order, random);
  const drawUser = zipf(users.length, random);
  const queries = queriesOf(items, random);
  const drawQuery = zipf(queries.length, random);
  for (let at = 0; at < requests; at++) {
    if (random() < searches) {
      yield { query: queries[drawQuery()]! };
      continue;
    }
    const user = order[drawUser()]!;
    const untilMs = times[Math.floor(((times.length - 1) * at) / requests)]!;
    let end = start[user]!;
    while (end < start[user + 1]! && atMs[end]! <= untilMs) end++;
    yield { history: Array.from(item.subarray(start[user], end), (row) => items[row]!.id) };
  }
}

/** Titles in the catalogue's order, typed with a mistake each. */
function queriesOf(items: Dataset['items'], random: Random): string[] {
  return items.flatMap((item, at) => mistype(item, MISTAKES[at % MISTAKES.length]!, random) ?? []);
}
