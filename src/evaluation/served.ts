import type { Artefacts } from '../catalog/snapshot.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Serving } from '../recommend/serving.ts';
import { openServing } from '../training/open-serving.ts';
import { historyIds } from '../training/sequences.ts';
import type { Split } from '../training/split.ts';
import { ask } from './ask.ts';
import type { CaseHooks } from './baselines/measure-baseline.ts';
import { exactScanner } from './exact-scanner.ts';
import type { Known } from './known.ts';
import { measureRankings, type Measurement } from './measure.ts';
import { DEPTH } from './rank.ts';

/** The rows of a model: its artefacts opened in these ways; the second shows what int8 costs. */
export const SERVED: readonly { readonly name: string; readonly open: (artefacts: Artefacts) => Promise<Serving> }[] = [
  { name: 'served', open: openServing },
  {
    name: 'served, float',
    open: (artefacts) => openServing(artefacts, { openScanner: (matrix) => exactScanner(artefacts.vectors, matrix) }),
  },
];

/** Measures what a client would get: the answers of `recommend`, with the items of the history dropped and with them allowed. */
export async function measureServed(
  name: string,
  dataset: Dataset,
  split: Split,
  known: Known,
  serving: Serving,
  { onCase, nowMs }: CaseHooks,
): Promise<Measurement> {
  const filtered: number[][] = [];
  const unfiltered: number[][] = [];
  const startedMs = nowMs();
  for (const [at, held] of split.test.entries()) {
    const history = historyIds(dataset, held);
    const atMs = dataset.atMs[held.historyEnd]!; // what could be shown then
    filtered.push(await ask({ history, limit: DEPTH }, 'drop', atMs, serving));
    unfiltered.push(await ask({ history, limit: DEPTH }, 'allow', atMs, serving));
    onCase(name, at + 1, split.test.length);
  }
  const msPerRequest = (nowMs() - startedMs) / (2 * split.test.length);
  const cost = { bytes: await bytesOf(serving), msPerRequest };
  return measureRankings({ name, settings: 'as published', cost }, split.test, { filtered, unfiltered }, known);
}

/** What the answers are computed from; titles and other columns of items are not the model's. */
async function bytesOf({ scanner, snapshot }: Serving): Promise<number> {
  const { rules, coVisits, texts, statistics, byPopularity, encoder, ranker } = snapshot;
  const tables = [rules, coVisits, texts].flatMap((table) => Object.values<ArrayBufferView>({ ...table }));
  const models = await Promise.all([encoder.read(), ranker.read()]);
  const parts: readonly ArrayBufferView[] = [...tables, ...Object.values(statistics), byPopularity, ...models];
  return parts.reduce((sum, part) => sum + part.byteLength, scanner.memoryBytes);
}
