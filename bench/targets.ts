import type { Figures } from './ratios.ts';
import { COMPARED_ITEMS, RECOMMENDATIONS } from './size.ts';

export interface Target {
  readonly name: string;
  readonly unit: string;
  readonly bound: 'at most' | 'at least';
  readonly wanted: number;
  readonly measured: number;
}

const LARGE_ITEMS = 200_000;
const compared = `${COMPARED_ITEMS.toLocaleString('en-US')} items, history of 50`;
const large = `${LARGE_ITEMS.toLocaleString('en-US')} items`;

/** What the bench is held to; without what was not measured. */
export function targetsOf({ sizes, scan }: Pick<Figures, 'sizes' | 'scan'>, ratios: Readonly<Record<string, number>>): Target[] {
  const atMost = (name: string, unit: string, wanted: number, measured: number | null | undefined) =>
    ({ name, unit, bound: 'at most', wanted, measured }) as const;
  const atLeast = (name: string, wanted: number, measured: number | undefined) =>
    ({ name, unit: '×', bound: 'at least', wanted, measured }) as const;
  const scanned = (wanted: number) => scan.find(({ items }) => items === wanted)?.median;
  const ours = sizes.find(({ items }) => items === COMPARED_ITEMS)?.latency[RECOMMENDATIONS];
  const all = [
    atMost("warm p50 over the empty route's, workerd's own socket", '×', 3, ratios['warm.p50']),
    atMost("warm p50 over the empty route's, Miniflare's socket", '×', 3, ratios['warm.p50.throughEntry']),
    atMost(`warm p50 over the empty route's, ${compared}`, '×', 2.5, ratios[`warm.p50.items${COMPARED_ITEMS}`]),
    atMost("warm p50 of a user over the empty route's, with session object", '×', 4, ratios['warm.session.p50']),
    atMost(`warm p99 over its own p50, ${compared}`, '×', 4, ours && ours.p99 / ours.p50),
    atMost(`CPU of a recommendation, ${compared}`, 'ms', 1, ours?.cpuMs),
    atLeast(`throughput over the empty route's, ${compared}`, 0.4, ratios[`throughput.items${COMPARED_ITEMS}`]),
    atLeast(`throughput over Orama's, ${compared}`, 10, ratios['throughput.overOrama']),
    atLeast(`throughput over plain JavaScript's, ${compared}`, 3, ratios['throughput.overPlainJs']),
    atMost(`warm p50 over the empty route's, ${large}`, '×', 4, ratios[`warm.p50.items${LARGE_ITEMS}`]),
    atMost(`memory of the isolate at most, ${large}`, 'MB', 110, ratios[`memory.items${LARGE_ITEMS}`]),
    atMost(`scan of ${large}, median`, 'ms', 0.6, scanned(LARGE_ITEMS)),
    atMost('scan of 1,000,000 items, median', 'ms', 3.5, scanned(1_000_000)),
    atMost("cold: first recommendations after the empty route's answer", 'ms', 30, ratios['cold.first_ms']),
    atMost("cold: first full recommendations after the empty route's answer", 'ms', 80, ratios['cold.full_ms']),
  ];
  return all.flatMap(({ measured, ...target }) => (measured == null ? [] : [{ ...target, measured }]));
}

export const isMet = ({ bound, wanted, measured }: Target): boolean => (bound === 'at most' ? measured <= wanted : measured >= wanted);
