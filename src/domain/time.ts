const RFC3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Every month has as many days. */
const DAYS_LEAST = 28;
const YEAR_MAX = 9999;
const YEAR_0_MS = Date.parse('0000-01-01T00:00:00Z');
const YEAR_10000_MS = Date.parse('+010000-01-01T00:00:00Z');

/**
 * Whether `text` is an RFC 3339 date-time, of a day that there is. A leap second is none, nor is what lies in UTC outside the years 0 to 9999,
 * which have no RFC 3339 form. All times of requests, items and filters are read here; a history has hundreds, so no date is made.
 */
export function isTime(text: string): boolean {
  if (!RFC3339.test(text)) return false;
  const [year, day] = [100 * twoDigits(text, 0) + twoDigits(text, 2), twoDigits(text, 8)];
  if (day > DAYS_LEAST && day > daysOf(year, twoDigits(text, 5))) return false; // V8 reads 30 February as 1 March
  if (year > 0 && year < YEAR_MAX) return true;
  const ms = msOf(text);
  return ms >= YEAR_0_MS && ms < YEAR_10000_MS;
}

/** Milliseconds since 1970 UTC, digits past the millisecond cut off; undefined where `text` is no time. */
export function parseTimeMs(text: string): number | undefined {
  return isTime(text) ? msOf(text) : undefined;
}

function msOf(time: string): number {
  return Date.parse(time.toUpperCase());
}

function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : MONTH_DAYS[month - 1]!;
}

function twoDigits(text: string, at: number): number {
  const zero = 0x30;
  return 10 * (text.charCodeAt(at) - zero) + text.charCodeAt(at + 1) - zero;
}
