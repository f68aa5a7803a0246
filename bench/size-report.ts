import { count } from '../src/cli/output.ts';
import type { IsolateMemory } from './isolate-memory.ts';
import { COMPARED_ITEMS, ORAMA, PLAIN, RECOMMENDATIONS, SCAN, type SizeFigures } from './size.ts';
import { EMPTY } from './routes.ts';
import { CONNECTIONS } from './throughput.ts';

/**
 * `<what>.items<count>`: recommendations over the empty route, and over plain JavaScript where it says so; `memory.items<count>` in
 * megabytes, the most that the isolate held, `memory.least.items<count>` when its garbage had been collected, `memory.swap.items<count>` while another version took the place of the first, and `memory.process.items<count>`, what the process has grown by. Without a size in the name: of `COMPARED_ITEMS`; `scan` is the scan alone.
 */
export function ratiosOfSizes(figures: readonly SizeFigures[]): Record<string, number> {
  const entries = figures.flatMap(({ items, latency, throughput, residentMb, idleMb, isolate }): [string, number][] => [
    [`warm.p50.items${items}`, latency[RECOMMENDATIONS]!.p50 / latency[EMPTY]!.p50],
    [`throughput.items${items}`, throughput[RECOMMENDATIONS]! / throughput[EMPTY]!],
    [`throughput.overPlain.items${items}`, throughput[RECOMMENDATIONS]! / throughput[PLAIN]!],
    [`throughput.scan.overPlain.items${items}`, throughput[SCAN]! / throughput[PLAIN]!],
    [`memory.items${items}`, isolate.mostMb],
    [`memory.least.items${items}`, isolate.least.heapMb + isolate.least.buffersMb + isolate.least.wasmMb],
    [`memory.swap.items${items}`, isolate.swapMostMb],
    ...(residentMb === null || idleMb === null
      ? []
      : ([[`memory.process.items${items}`, residentMb - idleMb]] satisfies [string, number][])),
  ]);
  const compared = figures.find(({ items }) => items === COMPARED_ITEMS)?.throughput;
  if (compared)
    entries.push(
      ['throughput.overOrama', compared[RECOMMENDATIONS]! / compared[ORAMA]!],
      ['throughput.overPlainJs', compared[RECOMMENDATIONS]! / compared[PLAIN]!],
      ['throughput.scan.overOrama', compared[SCAN]! / compared[ORAMA]!],
      ['throughput.scan.overPlainJs', compared[SCAN]! / compared[PLAIN]!],
    );
  return Object.fromEntries(entries);
}

export const SIZE_HEAD = [
  'items',
  'route',
  'p50 ms',
  'p90',
  'p99',
  'p99.9',
  'CPU ms',
  `requests/s at ${CONNECTIONS}`,
  'MB of the isolate',
  'MB of workerd',
];

export function sizeRows(figures: readonly SizeFigures[]): string[][] {
  return figures.flatMap(({ items, latency, throughput, residentMb, idleMb, isolate }) =>
    Object.entries(latency).map(([name, { p50, p90, p99, p999, cpuMs }]) => [
      count(items),
      name,
      ...[p50, p90, p99, p999].map((ms) => ms.toFixed(3)),
      cpuMs?.toFixed(3) ?? 'unknown',
      count(Math.round(throughput[name]!)),
      name === RECOMMENDATIONS ? describeIsolate(isolate) : '',
      name === RECOMMENDATIONS && residentMb !== null && idleMb !== null ? `${residentMb.toFixed(0)} (${idleMb.toFixed(0)} idle)` : '',
    ]),
  );
}

const describeIsolate = ({ least: { heapMb, buffersMb, wasmMb }, mostMb, swapMostMb }: IsolateMemory): string =>
  `${heapMb.toFixed(0)} heap + ${buffersMb.toFixed(0)} buffers + ${wasmMb.toFixed(0)} wasm, at most ${mostMb.toFixed(0)}, in a swap ${swapMostMb.toFixed(0)}`;
