import * as v from 'valibot';
import { isDotSegment, NO_DOT_SEGMENT } from '../domain/dot-segment.ts';
import { LIMITS } from '../domain/limits.ts';
import { hasControls } from '../domain/tenant.ts';
import { isTime, parseTimeMs } from '../domain/time.ts';

/** One check of valibot's in place of five, because a history has hundreds of ids. */
export const Id = v.custom<string>(
  (id) => faultOfId(id) === undefined,
  ({ input }) => faultOfId(input)!,
);

function faultOfId(id: unknown): string | undefined {
  if (typeof id !== 'string') return 'an id is a string';
  if (id.length === 0) return 'an id has at least 1 character';
  if (isDotSegment(id)) return NO_DOT_SEGMENT;
  if (id.length > LIMITS.idChars) return `an id has at most ${LIMITS.idChars} characters`;
  return hasControls(id) ? 'an id has no control characters' : undefined;
}

const TIME_FORM = 'a time is written as in RFC 3339, e.g. 2026-11-24T09:30:00Z, and of a day that there is';
export const Time = v.pipe(v.string(TIME_FORM), v.check(isTime, TIME_FORM));
/** The same, as milliseconds since 1970. */
export const TimeMs = v.pipe(v.string(TIME_FORM), v.transform(parseTimeMs), v.number(TIME_FORM));

/** Says of a strict object which form it has, or that it has no such field. */
export const orUnknownField = (form: string) => (issue: { readonly expected: string | null }) =>
  issue.expected === 'never' ? 'there is no field of this name' : form;

/** Where the user is, in the words of the items' `markets`. */
export const Market = v.pipe(
  v.string('a market is a text such as "DE"'),
  v.minLength(1, 'a market has at least 1 character'),
  v.maxLength(LIMITS.marketChars, `a market has at most ${LIMITS.marketChars} characters`),
);

/** A limit as a number, of at most `most`. */
export const limitOf = (most: number) =>
  v.pipe(
    v.number('a limit is a number'),
    v.integer('a limit is a whole number'),
    v.minValue(1, 'a limit is at least 1'),
    v.maxValue(most, `a limit is at most ${most}`),
  );

/** `/v1/items/{id}` */
export const ItemParams = v.object({ id: Id });
