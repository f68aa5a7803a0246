import type { ColdFigures } from './cold.ts';
import type { EncoderFigures } from './encoder.ts';
import { EMPTY, EMPTY_WITH_BODY, HEADLINE_LENGTH, HISTORY_LENGTHS, recommendationsOf } from './routes.ts';
import type { ScanFigures } from './scan.ts';
import type { WarmFigures } from './warm.ts';

export interface Figures {
  readonly warm: WarmFigures;
  readonly cold: ColdFigures;
  readonly scan: readonly ScanFigures[];
  readonly encoder: readonly EncoderFigures[];
}

/**
 * What can be compared between machines. `warm.*`: recommendations over the empty route, for a history of
 * `HEADLINE_LENGTH` and on workerd's own socket unless the name says otherwise. `throughput`: the same of the rates.
 * `cold.*_ms`: how much later than the empty route's answer.
 */
export function ratiosOf({ warm, cold }: Figures): Record<string, number> {
  const { direct, throughEntry, throughput } = warm;
  const headline = recommendationsOf(HEADLINE_LENGTH);
  const cpu = [direct[headline]!.cpuMs, direct[EMPTY]!.cpuMs] as const;
  return {
    'warm.p50': direct[headline]!.p50 / direct[EMPTY]!.p50,
    'warm.p90': direct[headline]!.p90 / direct[EMPTY]!.p90,
    'warm.p99': direct[headline]!.p99 / direct[EMPTY]!.p99,
    ...(cpu[0] === null || cpu[1] === null ? {} : { 'warm.cpu': cpu[0] / cpu[1] }),
    'warm.p50.bodyRead': direct[headline]!.p50 / direct[EMPTY_WITH_BODY]!.p50,
    ...Object.fromEntries(
      HISTORY_LENGTHS.map((length) => [`warm.p50.history${length}`, direct[recommendationsOf(length)]!.p50 / direct[EMPTY]!.p50]),
    ),
    'warm.p50.throughEntry': throughEntry[headline]!.p50 / throughEntry[EMPTY]!.p50,
    'warm.p99.throughEntry': throughEntry[headline]!.p99 / throughEntry[EMPTY]!.p99,
    throughput: throughput[headline]! / throughput[EMPTY]!,
    'cold.first_ms': cold.first.median - cold.empty.median,
    'cold.full_ms': cold.full.median - cold.empty.median,
  };
}

export interface Target {
  readonly name: string;
  readonly unit: string;
  readonly atMost: number;
  readonly measured: number;
}

const SCAN_TARGET_ITEMS = 200_000;

export function targetsOf({ scan }: Figures, ratios: Record<string, number>): Target[] {
  const scanned = scan.find(({ items }) => items === SCAN_TARGET_ITEMS)!;
  return [
    { name: "warm p50 over the empty route's, workerd's own socket", unit: '×', atMost: 3, measured: ratios['warm.p50']! },
    { name: "warm p50 over the empty route's, Miniflare's socket", unit: '×', atMost: 3, measured: ratios['warm.p50.throughEntry']! },
    { name: 'scan of 200,000 items, median', unit: 'ms', atMost: 1, measured: scanned.median },
    { name: "cold: first recommendations after the empty route's answer", unit: 'ms', atMost: 50, measured: ratios['cold.first_ms']! },
  ];
}
