import { seededRandom } from '../kernel/random.ts';
import { DatasetBuilder } from './builder.ts';
import type { Dataset } from './dataset.ts';

export interface SyntheticOptions {
  readonly users: number;
  readonly items: number;
  readonly seed: number;
  /** Groups of items that go together; 8 if absent. */
  readonly clusters?: number;
  /** Interactions of a user on average; 20 if absent. No user has fewer than a quarter of it. */
  readonly meanInteractions?: number;
}

/** What comes after an item: mostly its one successor, else something of the user's cluster, else anything popular. */
const TO_SUCCESSOR = 0.6;
const WITHIN_CLUSTER = 0.3;
const BEGIN_MS = Date.parse('2024-01-01T00:00:00Z');
const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const YEAR_MS = 365 * DAY_MS;

/**
 * Makes up a data set for tests; the same options give the same one. Item `i` belongs to cluster `i % clusters` and the
 * next of the cluster is its successor; each user likes one cluster, and is popular what has a low number (Zipf). So
 * what follows the last item beats what suits the user, and that beats what is popular.
 */
export function syntheticDataset({ users, items, seed, meanInteractions = 20, ...options }: SyntheticOptions): Dataset {
  const clusters = Math.min(options.clusters ?? 8, items);
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const builder = new DatasetBuilder();
  for (let i = 0; i < items; i++) {
    const cluster = `cluster-${i % clusters}`;
    builder.addItem({
      id: `item-${i}`,
      title: `Item ${i} of ${cluster}`,
      price: (100 + below(9900)) / 100,
      categories: [cluster],
      createdAtMs: BEGIN_MS - below(YEAR_MS),
      attributes: { size: ['small', 'medium', 'large'][below(3)] ?? 'small', inStock: random() < 0.9 },
    });
  }

  // Uniform in the logarithm: item i is drawn about 1 / (i + 1) as often as the first.
  const popular = (end: number) => Math.min(end - 1, Math.floor((end + 1) ** random()) - 1);
  const inCluster = (cluster: number) => cluster + clusters * popular(Math.ceil((items - cluster) / clusters));
  const successor = (i: number) => (i + clusters < items ? i + clusters : i % clusters);
  for (let u = 0; u < users; u++) {
    const cluster = below(clusters);
    const length = Math.ceil(meanInteractions * (0.25 - 0.75 * Math.log(1 - random())));
    let i = inCluster(cluster);
    let atMs = BEGIN_MS + below(YEAR_MS);
    for (let k = 0; k < length; k++) {
      builder.addInteraction(`user-${u}`, `item-${i}`, random() < 0.2 ? 'purchase' : 'view', atMs, NaN);
      atMs += random() < 0.7 ? below(10 * MINUTE_MS) : below(10 * DAY_MS);
      const turn = random();
      if (turn < TO_SUCCESSOR) i = successor(i);
      else i = turn < TO_SUCCESSOR + WITHIN_CLUSTER ? inCluster(cluster) : popular(items);
    }
  }
  return builder.build('synthetic');
}
