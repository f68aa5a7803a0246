import * as v from 'valibot';
import type { Snapshot } from '../catalog/snapshot.ts';
import { EdgewiseError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { fromBase64Url, toBase64Url } from '../kernel/base64url.ts';
import type { RecommendRequest } from './request.ts';
import { SCENARIO_NAMES, type ScenarioName } from './scenarios.ts';

const Row = v.pipe(v.number(), v.integer(), v.minValue(0));

/** An item that came after the version was made: its row is another one in another isolate, its id is not. */
const NewItem = v.pipe(v.string(), v.maxLength(LIMITS.idChars));

/** Where a list goes on: what was on its pages so far, in rows of one version. */
const Cursor = v.strictTuple([
  v.string(),
  v.picklist(SCENARIO_NAMES),
  v.pipe(v.array(v.union([Row, NewItem])), v.maxLength(LIMITS.pagedItems - 1)),
]);
export type Cursor = v.InferOutput<typeof Cursor>;

/** The cursor after this answer; null where it had not all that was asked for, where pages have shown all they may, or it would be too long. */
export function nextCursor(
  { scenario, limit, paged }: RecommendRequest,
  { version, model, items }: Snapshot,
  chosen: readonly { row: number }[],
): string | null {
  if (chosen.length < limit || paged.length + chosen.length >= LIMITS.pagedItems) return null;
  const tell = (row: number) => (row < model.items ? row : items.idOf(row));
  const cursor: Cursor = [version, scenario, [...paged, ...chosen.map(({ row }) => row)].map(tell)];
  const text = toBase64Url(JSON.stringify(cursor));
  return text.length > LIMITS.cursorChars ? null : text;
}

/** Reads what `nextCursor` wrote. Throws `cursor_invalid`. */
export function parseCursor(text: string): Cursor {
  try {
    return v.parse(Cursor, JSON.parse(fromBase64Url(text)));
  } catch (cause) {
    throw invalid({ cause });
  }
}

/** The rows on the pages so far. Throws `cursor_stale` if they are of another version, `cursor_invalid` if of another scenario. */
export function pagedRows([version, of, paged]: Cursor, scenario: ScenarioName, snapshot: Snapshot): readonly number[] {
  if (version !== snapshot.version)
    throw new EdgewiseError(
      'cursor_stale',
      'A newer version of the catalogue took the place of the one with these pages. Ask for the first page again.',
      { path: 'cursor' },
    );
  if (of !== scenario || paged.some((item) => typeof item === 'number' && item >= snapshot.items.length)) throw invalid();
  return paged.flatMap((item) => (typeof item === 'number' ? item : (snapshot.rowOf.get(item) ?? []))); // a new one is not known everywhere at once
}

function invalid(options: { cause?: unknown } = {}): EdgewiseError {
  return new EdgewiseError(
    'cursor_invalid',
    'The cursor is not one of this list. Send the one that came with the last answer, and its scenario.',
    {
      path: 'cursor',
      ...options,
    },
  );
}
