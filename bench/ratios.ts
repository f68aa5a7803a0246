import type { ColdFigures } from './cold.ts';
import type { EncoderFigures } from './encoder.ts';
import { EMPTY, EMPTY_WITH_BODY, HEADLINE_LENGTH, HISTORY_LENGTHS, recommendationsOf } from './routes.ts';
import type { ScanFigures } from './scan.ts';
import { ratiosOfSizes } from './size-report.ts';
import type { SizeFigures } from './size.ts';
import { EMPTY_WITH_MODEL, EXPLAINED, PREFETCHED, USER, type StatefulFigures } from './stateful.ts';
import type { WarmFigures } from './warm.ts';

export interface Figures {
  readonly warm: WarmFigures;
  readonly stateful: StatefulFigures;
  readonly cold: ColdFigures;
  readonly sizes: readonly SizeFigures[];
  readonly scan: readonly ScanFigures[];
  readonly encoder: readonly EncoderFigures[];
}

const HEADLINE = recommendationsOf(HEADLINE_LENGTH);

/**
 * What can be compared between machines. `warm.*`: recommendations over the empty route of the same instance, for a history of
 * `HEADLINE_LENGTH` and on workerd's own socket unless the name says otherwise; `session`: of a user; `prefetch`: with explanations written
 * ahead, `prefetch.*.without`: asked for without a language model. `throughput`: the same of the rates. `cold.*_ms`: how much later
 * than the empty route's answer. For the sizes see `ratiosOfSizes`.
 */
export function ratiosOf({ warm, stateful, cold, sizes }: Figures): Record<string, number> {
  return {
    ...ratiosOfWarm(warm),
    ...ratiosOfStateful(stateful),
    'cold.first_ms': cold.first.median - cold.empty.median,
    'cold.full_ms': cold.full.median - cold.empty.median,
    ...ratiosOfSizes(sizes),
  };
}

function ratiosOfWarm({ direct, throughEntry, throughput, fixedRate }: WarmFigures): Record<string, number> {
  const [ours, empty] = [direct[HEADLINE]!, direct[EMPTY]!];
  return {
    'warm.p50': ours.p50 / empty.p50,
    'warm.p90': ours.p90 / empty.p90,
    'warm.p99': ours.p99 / empty.p99,
    'warm.p999': ours.p999 / empty.p999,
    'warm.p99.overOwnP50': ours.p99 / ours.p50,
    ...named('warm.cpu', ours.cpuMs, empty.cpuMs),
    'warm.p50.bodyRead': ours.p50 / direct[EMPTY_WITH_BODY]!.p50,
    ...Object.fromEntries(
      HISTORY_LENGTHS.map((length) => [`warm.p50.history${length}`, direct[recommendationsOf(length)]!.p50 / empty.p50]),
    ),
    'warm.p50.throughEntry': throughEntry[HEADLINE]!.p50 / throughEntry[EMPTY]!.p50,
    'warm.p99.throughEntry': throughEntry[HEADLINE]!.p99 / throughEntry[EMPTY]!.p99,
    ...Object.fromEntries(
      fixedRate.flatMap(({ perSecond, latency }) => [
        [`warm.p50.rate${perSecond}`, latency[HEADLINE]!.p50 / latency[EMPTY]!.p50],
        [`warm.p99.rate${perSecond}`, latency[HEADLINE]!.p99 / latency[EMPTY]!.p99],
      ]),
    ),
    throughput: throughput[HEADLINE]! / throughput[EMPTY]!,
  };
}

function ratiosOfStateful({ latency, throughput }: StatefulFigures): Record<string, number> {
  const [empty, emptyWithModel] = [latency[EMPTY]!, latency[EMPTY_WITH_MODEL]!];
  return {
    'warm.session.p50': latency[USER]!.p50 / empty.p50,
    'warm.session.p99': latency[USER]!.p99 / empty.p99,
    ...named('warm.session.cpu', latency[USER]!.cpuMs, empty.cpuMs),
    'warm.prefetch.p50': latency[PREFETCHED]!.p50 / emptyWithModel.p50,
    'warm.prefetch.p50.without': latency[EXPLAINED]!.p50 / empty.p50,
    ...named('warm.prefetch.cpu', latency[PREFETCHED]!.cpuMs, emptyWithModel.cpuMs),
    'throughput.session': throughput[USER]! / throughput[EMPTY]!,
    'throughput.prefetch': throughput[PREFETCHED]! / throughput[EMPTY_WITH_MODEL]!,
  };
}

/** No ratio where one of the two could not be measured. */
const named = (name: string, of: number | null, over: number | null) => (of === null || over === null ? {} : { [name]: of / over });
