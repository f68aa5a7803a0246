import { RESERVED, type AttributeValue, type Item } from '../domain/item.ts';
import { parseTimeMs } from './filter/time.ts';

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
const SAYS_WHEN = [RESERVED.hidden, RESERVED.available, RESERVED.validFrom, RESERVED.validTo, RESERVED.markets] as const;

/**
 * Reads the reserved attributes of an item: `hidden` and `available` (`true` or `false`), `validFrom` and `validTo` (RFC 3339),
 * `markets` (a text or a list of them). Fails closed: an item with a value of another kind is never shown.
 */
export function readAvailability({ attributes }: Item): Availability {
  if (!SAYS_WHEN.some((name) => Object.hasOwn(attributes, name))) return ALWAYS; // most items, and every item of a cold isolate is read
  const read = (name: (typeof SAYS_WHEN)[number]): AttributeValue | undefined =>
    Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  const [hidden, available, markets] = [read('hidden') ?? false, read('available') ?? true, read('markets')];
  const [fromMs, toMs] = [readTimeMs(read('validFrom'), -Infinity), readTimeMs(read('validTo'), Infinity)];
  const readable = typeof hidden === 'boolean' && typeof available === 'boolean' && isMarkets(markets);
  if (!readable || fromMs === undefined || toMs === undefined) return { ...ALWAYS, never: 'unreadable' };
  if (hidden) return { ...ALWAYS, never: 'hidden' };
  if (!available) return { ...ALWAYS, never: 'unavailable' };
  if (markets === undefined) return { fromMs, toMs };
  return { fromMs, toMs, markets: new Set(typeof markets === 'string' ? [markets] : markets) };
}

function isMarkets(value: AttributeValue | undefined): value is string | readonly string[] | undefined {
  return value === undefined || typeof value === 'string' || typeof value === 'object';
}

function readTimeMs(value: AttributeValue | undefined, absent: number): number | undefined {
  if (value === undefined) return absent;
  return typeof value === 'string' ? parseTimeMs(value) : undefined;
}
