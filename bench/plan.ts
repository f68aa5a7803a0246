import type { SizePlan } from './size.ts';
import type { StatefulPlan } from './stateful.ts';
import type { WarmPlan } from './warm.ts';

/** How much is measured of what. */
export interface Plan {
  readonly warm: WarmPlan;
  readonly stateful: StatefulPlan;
  readonly coldSamples: number;
  /** Catalogues, by how many items they have. */
  readonly sizes: readonly number[];
  readonly size: SizePlan;
  readonly scanItems: readonly number[];
  /** Scans and runs of the encoder. */
  readonly repeats: number;
}

const SIZES = [4_000, 12_000, 50_000, 200_000];
/** Requests a second: a tenth and a half of what recommendations do on a small machine. */
const RATES = [100, 400];

/** For a record. */
export const FULL: Plan = {
  warm: {
    latency: { rounds: 40, warmUpRequests: 2_000, blockRequests: 100 },
    throughput: { rounds: 40, blockMs: 500 },
    fixedRate: { perSecond: RATES, rounds: 10, blockMs: 1_000 },
  },
  stateful: {
    latency: { rounds: 40, warmUpRequests: 2_000, blockRequests: 50 },
    throughput: { rounds: 20, blockMs: 500 },
  },
  coldSamples: 10,
  sizes: SIZES,
  size: {
    latency: { rounds: 20, warmUpRequests: 1_000, blockRequests: 50 },
    throughput: { rounds: 20, blockMs: 500 },
  },
  scanItems: [10_000, 50_000, 200_000, 1_000_000],
  repeats: 300,
};

/** For a look. */
export const QUICK: Plan = {
  warm: {
    latency: { rounds: 8, warmUpRequests: 500, blockRequests: 50 },
    throughput: { rounds: 8, blockMs: 200 },
    fixedRate: { perSecond: RATES, rounds: 3, blockMs: 500 },
  },
  stateful: {
    latency: { rounds: 8, warmUpRequests: 500, blockRequests: 25 },
    throughput: { rounds: 4, blockMs: 200 },
  },
  coldSamples: 5,
  sizes: SIZES,
  size: {
    latency: { rounds: 4, warmUpRequests: 300, blockRequests: 25 },
    throughput: { rounds: 4, blockMs: 200 },
  },
  scanItems: [10_000, 200_000],
  repeats: 50,
};
