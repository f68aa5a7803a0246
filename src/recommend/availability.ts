import { RESERVED, type AttributeValue } from '../domain/item.ts';
import { parseTimeMs } from '../domain/time.ts';

/** When and where an item may be shown, by its reserved attributes. */
export interface Availability {
  /** Never, for this reason; `unreadable` where an attribute says nothing that can be understood. */
  readonly never?: 'hidden' | 'unavailable' | 'unreadable';
  /** In milliseconds since 1970; from the first on, until before the second */
  readonly fromMs: number;
  readonly toMs: number;
  /** Nowhere else; everywhere if undefined */
  readonly markets?: ReadonlySet<string>;
}

export const ALWAYS: Availability = { fromMs: -Infinity, toMs: Infinity };

/** The attributes that are read here. */
export const SAYS_WHEN = [RESERVED.hidden, RESERVED.available, RESERVED.validFrom, RESERVED.validTo, RESERVED.markets] as const;

/** What an item holds in each of them, in their order; undefined where it has none. */
export type SaidWhen = readonly (AttributeValue | undefined)[];

/**
 * Reads the reserved attributes of an item: `hidden` and `available` (`true` or `false`), `validFrom` and `validTo` (RFC 3339),
 * `markets` (a text or a list of them, of which an empty one says nothing). Fails closed: an item with a value of another kind is never shown.
 */
export function readAvailability([hidden = false, available = true, validFrom, validTo, markets]: SaidWhen): Availability {
  const [fromMs, toMs] = [readTimeMs(validFrom, -Infinity), readTimeMs(validTo, Infinity)];
  const readable = typeof hidden === 'boolean' && typeof available === 'boolean' && isMarkets(markets);
  if (!readable || fromMs === undefined || toMs === undefined) return { ...ALWAYS, never: 'unreadable' };
  if (hidden) return { ...ALWAYS, never: 'hidden' };
  if (!available) return { ...ALWAYS, never: 'unavailable' };
  if (markets === undefined || (typeof markets === 'object' && markets.length === 0)) return { fromMs, toMs };
  return { fromMs, toMs, markets: new Set(typeof markets === 'string' ? [markets] : markets) };
}

function isMarkets(value: AttributeValue | undefined): value is string | readonly string[] | undefined {
  return value === undefined || typeof value === 'string' || typeof value === 'object';
}

function readTimeMs(value: AttributeValue | undefined, absent: number): number | undefined {
  if (value === undefined) return absent;
  return typeof value === 'string' ? parseTimeMs(value) : undefined;
}
