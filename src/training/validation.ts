import type { Dataset } from '../dataset/dataset.ts';
import { type EncoderConfig } from '../model/encoder.ts';
import { buildRanks, buildUserVectors } from './graphs.ts';
import { ndcgAt } from './metrics.ts';
import { itemVectors, type ParameterLayout } from './parameters.ts';
import { openSession } from './session.ts';
import type { HoldOutCase } from './split.ts';
import { textFeed, type TrainingData } from './training-data.ts';
import { batchHistories } from './windows.ts';

const BATCH = 256;

/**
 * Measures weights during training: the mean NDCG@10 of the transformer alone over held-out cases, items of the history left
 * out as they are when it serves; a target that is one of them is missed.
 */
export interface Validator {
  ndcg10(weights: Float32Array): Promise<number>;
  release(): Promise<void>;
}

export async function openValidator(
  data: TrainingData,
  cases: readonly HoldOutCase[],
  config: EncoderConfig,
  layout: ParameterLayout,
  threads: number,
): Promise<Validator> {
  const { dataset } = data;
  const texts = textFeed(data);
  const encoder = await openSession(buildUserVectors(config, layout), { threads });
  const ranker = await openSession(buildRanks(config.dims, dataset.items.length), { threads });
  return {
    async ndcg10(weights) {
      const items = itemVectors(layout, weights, data.texts);
      let total = 0;
      for (let at = 0; at < cases.length; at += BATCH) {
        const batch = cases.slice(at, at + BATCH);
        const histories = batch.map(({ user, historyEnd }) => recent(dataset, user, historyEnd, config.length));
        const { users } = await encoder.run({
          weights: { data: weights, shape: [layout.total] },
          ...texts,
          ...batchHistories(histories, config.length),
        });
        const ranks = await ranksOf(batch, users!.data as Float32Array, items);
        batch.forEach(({ targets }, b) => (total += ndcgAt(10, ranks[b]!, targets.length)));
      }
      return total / cases.length;
    },
    async release() {
      await encoder.release();
      await ranker.release();
    },
  };

  /** The rank of every target of every case among the items that are not in its history. */
  async function ranksOf(batch: readonly HoldOutCase[], users: Float32Array, items: Float32Array): Promise<number[][]> {
    const { dims } = config;
    const pairs = batch.flatMap(({ targets }, b) => targets.map((target) => ({ b, target })));
    const pairUsers = new Float32Array(pairs.length * dims); // [P, d]
    pairs.forEach(({ b }, p) => pairUsers.set(users.subarray(b * dims, (b + 1) * dims), p * dims));
    const { above } = await ranker.run({
      users: { data: pairUsers, shape: [pairs.length, dims] },
      items: { data: items, shape: [dataset.items.length, dims] },
      targets: { data: BigInt64Array.from(pairs, ({ target }) => BigInt(target)), shape: [pairs.length] },
    });
    const ranks: number[][] = batch.map(() => []);
    pairs.forEach(({ b, target }, p) => {
      const { user, historyEnd } = batch[b]!;
      const score = (item: number) => dot(pairUsers, p * dims, items, item * dims, dims);
      const targetScore = score(target);
      const seen = new Set(dataset.item.subarray(dataset.start[user], historyEnd));
      const seenAbove = [...seen].filter((item) => score(item) > targetScore).length;
      ranks[b]!.push(seen.has(target) ? Infinity : Math.max(0, (above!.data[p] as number) - seenAbove));
    });
    return ranks;
  }
}

/** The last `length` items of a user's history before `end`. */
export function recent(dataset: Dataset, user: number, end: number, length: number): Int32Array {
  return dataset.item.subarray(Math.max(dataset.start[user]!, end - length), end);
}

function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, dims: number): number {
  let sum = 0;
  for (let d = 0; d < dims; d++) sum += a[atA + d]! * b[atB + d]!;
  return sum;
}
