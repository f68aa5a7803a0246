import type { Context } from 'hono';
import * as v from 'valibot';
import { EdgewiseError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { parseFilter } from '../recommend/filter/parse.ts';
import { parseInput } from './body.ts';
import { limitOf, Market } from './schemas.ts';

/** Every route may be called with it: a public key in the address, which the gate has read. */
const KEY = 'key';

/**
 * Reads the parameters of an address, each of them at most once. Throws `invalid_request` with the name of one that is wrong or that the route
 * does not take: a filter that is misspelt and dropped would show what it was to keep away.
 */
export function readQuery<E extends v.ObjectEntries>(c: Context, entries: E): v.InferOutput<v.StrictObjectSchema<E, undefined>> {
  const sent = new URL(c.req.url).searchParams;
  sent.delete(KEY);
  for (const name of sent.keys())
    if (sent.getAll(name).length > 1) throw new EdgewiseError('invalid_request', `${name}: it is given more than once`, { path: name });
  const schema = v.strictObject(entries, ({ expected }) =>
    expected === 'never' ? `there is no such parameter here, but ${Object.keys(entries).join(', ')}` : 'a parameter is missing',
  );
  return parseInput(schema, Object.fromEntries(sent));
}

/** `?limit=`: text in an address. */
export const limitInQuery = v.optional(
  v.pipe(v.string(), v.transform(Number), limitOf(LIMITS.answerItems)),
  String(LIMITS.answerItemsDefault),
);

/** `?filter=`: an expression, parsed. */
export const filterInQuery = v.optional(v.pipe(v.string(), v.transform(parseFilter)));

/** What every list of items that may be shown takes. */
export const SHOWN_LIST = { limit: limitInQuery, filter: filterInQuery, market: v.optional(Market) };
