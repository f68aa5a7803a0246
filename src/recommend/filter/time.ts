const RFC3339 = /^(\d{4}-\d\d-(\d\d))T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const YEAR_0_MS = Date.parse('0000-01-01T00:00:00Z');
const YEAR_10000_MS = Date.parse('+010000-01-01T00:00:00Z');

/**
 * Milliseconds since 1970 UTC of an RFC 3339 date-time, digits past the millisecond cut off; undefined if `text` is none,
 * names a day that does not exist or a leap second, or lies in UTC outside the years 0 to 9999, which have no RFC 3339 form.
 */
export function parseTimeMs(text: string): number | undefined {
  const time = text.toUpperCase();
  const match = RFC3339.exec(time);
  if (match === null) return undefined;
  const [, date, day] = match;
  if (new Date(`${date}T00:00:00Z`).getUTCDate() !== Number(day)) return undefined; // V8 reads 30 February as 1 March
  const ms = Date.parse(time);
  return ms >= YEAR_0_MS && ms < YEAR_10000_MS ? ms : undefined;
}
