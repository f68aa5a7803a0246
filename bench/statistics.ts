/** The value below which a share of the samples lies, without interpolation. */
export function quantile(samples: readonly number[], share: number): number {
  return samples.toSorted((a, b) => a - b)[Math.floor((samples.length - 1) * share)]!;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** Milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  /** Requests one connection gets answered in a second. */
  readonly perSecond: number;
}

export function latencyOf(samplesMs: readonly number[]): Latency {
  const totalMs = samplesMs.reduce((sum, ms) => sum + ms, 0);
  return {
    p50: median(samplesMs),
    p90: quantile(samplesMs, 0.9),
    p99: quantile(samplesMs, 0.99),
    p999: quantile(samplesMs, 0.999),
    perSecond: (1000 * samplesMs.length) / totalMs,
  };
}

/** Milliseconds. */
export interface Spread {
  readonly min: number;
  readonly median: number;
}

export const spreadOf = (samplesMs: readonly number[]): Spread => ({ min: Math.min(...samplesMs), median: median(samplesMs) });

/** Milliseconds that `action` takes. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await action();
  return performance.now() - startMs;
}
