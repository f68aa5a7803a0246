import { isDotSegment } from '../domain/dot-segment.ts';
import { LIMITS } from '../domain/limits.ts';
import { LineFault } from './errors.ts';

/** Below this a time is in seconds (up to the year 5138), from it on in milliseconds (from March 1973). */
const SECONDS_BELOW = 1e11;
const EARLIEST_MS = Date.parse('0000-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const RFC_3339 = /^(\d{4}-\d\d-(\d\d))(?:[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]\d\d:\d\d))?$/;

/** The id of a user or an item (`what`): text, or a whole number, which becomes text. */
export function parseId(value: unknown, what: string): string {
  if (value === undefined || value === null || value === '') throw new LineFault(`has no ${what}`);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new LineFault(`${what} ${value} is not an exact whole number: quote it`);
    return String(value);
  }
  if (typeof value !== 'string') throw new LineFault(`${what} is neither text nor a whole number`);
  // Nearly always a stray quote that swallowed the lines behind it.
  if (/[\r\n]/.test(value)) throw new LineFault(`${what} ${shown(value)} holds a line break`);
  if (isDotSegment(value)) throw new LineFault(`${what} ${shown(value)} is none that an address can hold`);
  if (value.length > LIMITS.idChars) throw new LineFault(`${what} has more than ${LIMITS.idChars} characters`);
  return value;
}

/** Text, or `absent` where there is none. */
export function parseText(value: unknown, what: string, absent: string): string {
  if (value === undefined || value === null || value === '') return absent;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new LineFault(`${what} is not text`);
}

/** A number or the text of one. */
export function parseNumber(value: unknown, what: string): number {
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new LineFault(`${what} ${shown(value)} is not a number`);
  // Adding 0 makes -0 plain 0: they are the same number and must not be different data.
  return number + 0;
}

/** The value of an interaction, rounded to 32 bits as `Dataset` holds it; NaN where there is none. */
export function parseValue(value: unknown): number {
  if (value === undefined || value === null || value === '') return NaN;
  const rounded = Math.fround(parseNumber(value, 'value'));
  if (!Number.isFinite(rounded)) throw new LineFault(`value ${shown(value)} does not fit 32 bits`);
  return rounded + 0;
}

/**
 * Milliseconds since 1970 UTC of seconds or milliseconds since then, of an RFC 3339 time or of a bare date (its midnight
 * in UTC). Years 0000 to 9999.
 */
export function parseTimeMs(value: unknown): number {
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
  const ms = typeof number === 'number' ? epochMs(number) : rfc3339Ms(value);
  if (!(ms >= EARLIEST_MS && ms <= LATEST_MS)) throw new LineFault(`time ${shown(value)} is outside the years 0000 to 9999`);
  return ms;
}

function epochMs(number: number): number {
  return Math.round(Math.abs(number) < SECONDS_BELOW ? number * 1000 : number) + 0;
}

function rfc3339Ms(value: unknown): number {
  const match = typeof value === 'string' ? RFC_3339.exec(value) : null;
  if (match === null) {
    throw new LineFault(`time ${shown(value)} is neither seconds, milliseconds nor RFC 3339 with Z or an offset`);
  }
  const [text, date = '', day] = match;
  // Date.parse takes 30 February for 2 March.
  if (Number(day) > 28 && !isDate(date)) throw new LineFault(`time ${shown(value)} names a day that does not exist`);
  return Date.parse(text.toUpperCase().replace(' ', 'T'));
}

function isDate(date: string): boolean {
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

/** A value as it may stand in a message: quoted and cut. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
