import * as v from 'valibot';
import { EdgewiseError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { fromBase64Url, toBase64Url } from '../kernel/base64url.ts';

/** What the cursor of a list by names holds: the name behind which its page begins. */
const PageCursor = v.strictObject({ after: v.string() });

/** `?cursor=` of a list by names. */
export const cursorInQuery = v.optional(
  v.pipe(v.string(), v.maxLength(LIMITS.cursorChars, `a cursor has at most ${LIMITS.cursorChars} characters`)),
);

export function writeAfter(after: string): string {
  return toBase64Url(JSON.stringify({ after }));
}

/** Reads what `writeAfter` wrote. Throws `cursor_invalid`, also where it holds no name of this list. */
export function readAfter(cursor: string, isName: (after: string) => boolean = () => true): string {
  try {
    return v.parse(
      v.pipe(
        PageCursor,
        v.check(({ after }) => isName(after)),
      ),
      JSON.parse(fromBase64Url(cursor)),
    ).after;
  } catch (cause) {
    throw new EdgewiseError('cursor_invalid', 'The cursor is not one of this list. Send the one that came with the last answer.', {
      path: 'cursor',
      cause,
    });
  }
}
