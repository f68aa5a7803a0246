import type { Items } from '../catalog/columns/items.ts';
import { ALWAYS, readAvailability, SAYS_WHEN, type Availability } from './availability.ts';

/** Why an item may not be shown, whoever asks. */
export type Ineligible = 'hidden' | 'unavailable' | 'unreadable' | 'not-yet' | 'no-longer' | 'market';

/** The items that may be shown in one market for some time. */
interface Period {
  readonly fromMs: number;
  readonly untilMs: number;
  /** [items] 1 where the item may be shown */
  readonly rows: Uint8Array;
}

const MARKETS_REMEMBERED = 16;

/**
 * Which items of a catalogue may be shown, by their reserved attributes. These are read once. The rows that may be shown are
 * worked out again only when somebody asks from another market, or after an item's time has begun or ended.
 */
export class Eligibility {
  /** [items] which of `availabilities` the item has; most items of most catalogues share a few. */
  private readonly availabilityOf: Uint32Array;
  private readonly availabilities: readonly Availability[];
  private readonly periods = new Map<string | undefined, Period>();

  constructor(items: Items) {
    const availabilities = [ALWAYS];
    this.availabilities = availabilities;
    this.availabilityOf = new Uint32Array(items.length);
    const columns = SAYS_WHEN.map((name) => items.attribute(name));
    if (columns.every((read) => read === undefined)) return;
    const numbers = new Map<string, number>();
    for (let row = 0; row < items.length; row++) {
      const said = columns.map((read) => read?.(row));
      if (said.every((value) => value === undefined)) continue;
      const key = JSON.stringify(said);
      const number = numbers.get(key) ?? numberOf(readAvailability(said), availabilities);
      numbers.set(key, number);
      this.availabilityOf[row] = number;
    }
  }

  /** Why the item of `row` may not be shown; undefined if it may. A request that names no market is in none that an item could name. */
  against(row: number, nowMs: number, market: string | undefined): Ineligible | undefined {
    return judge(this.availabilities[this.availabilityOf[row]!]!, nowMs, market);
  }

  /** Why the item of `row` may never be shown, wherever and whenever; undefined if it may at some time. */
  never(row: number): Availability['never'] {
    return this.availabilities[this.availabilityOf[row]!]!.never;
  }

  /** The items that may be shown now; undefined if all of the catalogue may, always and everywhere. */
  at(nowMs: number, market: string | undefined): Period | undefined {
    if (this.availabilities.length === 1) return undefined;
    const known = this.periods.get(market);
    if (known && known.fromMs <= nowMs && nowMs < known.untilMs) return known;
    const period = this.workOut(nowMs, market);
    if (!known && this.periods.size >= MARKETS_REMEMBERED) this.periods.delete(this.periods.keys().next().value);
    this.periods.set(market, period);
    return period;
  }

  private workOut(nowMs: number, market: string | undefined): Period {
    const open = Uint8Array.from(this.availabilities, (availability) => Number(judge(availability, nowMs, market) === undefined));
    let [fromMs, untilMs] = [-Infinity, Infinity];
    for (const availability of this.availabilities) {
      for (const edgeMs of [availability.fromMs, availability.toMs]) {
        if (edgeMs <= nowMs) fromMs = Math.max(fromMs, edgeMs);
        else untilMs = Math.min(untilMs, edgeMs);
      }
    }
    return { fromMs, untilMs, rows: Uint8Array.from(this.availabilityOf, (number) => open[number]!) };
  }
}

function judge({ never, fromMs, toMs, markets }: Availability, nowMs: number, market: string | undefined): Ineligible | undefined {
  if (never) return never;
  if (nowMs < fromMs) return 'not-yet';
  if (nowMs >= toMs) return 'no-longer';
  return markets && (market === undefined || !markets.has(market)) ? 'market' : undefined;
}

/** Its place among the availabilities, behind them if it is a new one; one that says nothing is `ALWAYS`, the first. */
function numberOf(availability: Availability, availabilities: Availability[]): number {
  const { never, fromMs, toMs, markets } = availability;
  const isAlways = never === undefined && fromMs === -Infinity && toMs === Infinity && markets === undefined;
  return isAlways ? 0 : availabilities.push(availability) - 1;
}
