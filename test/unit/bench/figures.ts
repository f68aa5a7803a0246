import type { SizeFigures } from '../../../bench/size.ts';

/** Figures of a catalogue, made of its p50 by route: every other quantile is twice as high, and a route is as fast as one connection lets it be. */
export function sizeFigures(items: number, p50: Readonly<Record<string, number>>): SizeFigures {
  const entries = Object.entries(p50);
  return {
    items,
    latency: Object.fromEntries(
      entries.map(([name, ms]) => [name, { p50: ms, p90: 2 * ms, p99: 2 * ms, p999: 2 * ms, perSecond: 1000 / ms, cpuMs: ms }]),
    ),
    throughput: Object.fromEntries(entries.map(([name, ms]) => [name, 1000 / ms])),
    residentMb: 150,
    idleMb: 100,
    isolate: { least: { heapMb: 10, buffersMb: 60, wasmMb: 20 }, mostMb: 95, swapMostMb: 150 },
  };
}
