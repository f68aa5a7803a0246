import * as v from 'valibot';
import { EdgewiseError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Tool, ToolCall } from '../domain/language-model.ts';
import type { RecommendedItem } from '../domain/recommendation.ts';
import { isName } from '../explain/wording.ts';

/** What a language model may have done: both are the recipe that answers everybody, for the one who asks. */
export interface Tools {
  /** Both reject with an `EdgewiseError` where nothing can be answered. */
  readonly search: (query: string) => Promise<readonly RecommendedItem[]>;
  readonly recommend: () => Promise<readonly RecommendedItem[]>;
}

export const TOOLS: readonly Tool[] = [
  {
    name: 'search',
    description: 'Finds items of the shop by words, such as "red mugs under 5 without flowers".',
    parameters: {
      type: 'object',
      additionalProperties: false,
      required: ['query'],
      properties: { query: { type: 'string', maxLength: LIMITS.queryChars } },
    },
  },
  {
    name: 'recommend',
    description: 'Gives the items that suit the shopper best, by what the shopper did before.',
    parameters: { type: 'object', additionalProperties: false, required: [], properties: {} },
  },
];

const SearchArguments = v.object({ query: v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.queryChars)) });

/** Does what a call wants. What cannot be done says so in words for the language model. */
export async function runCall({ name, arguments: given }: ToolCall, tools: Tools): Promise<readonly RecommendedItem[] | { error: string }> {
  if (name === 'recommend') return orError(tools.recommend());
  if (name !== 'search') return { error: 'there are only search and recommend' };
  const wanted = v.safeParse(SearchArguments, parseJson(given));
  if (!wanted.success) return { error: `search needs {"query"}, a text of 1 to ${LIMITS.queryChars} characters` };
  return orError(tools.search(wanted.output.query));
}

async function orError<T>(found: Promise<T>): Promise<T | { error: string }> {
  try {
    return await found;
  } catch (cause) {
    if (!(cause instanceof EdgewiseError)) throw cause;
    return { error: 'nothing can be found this way' };
  }
}

/** The items that may be put before a language model, no more than it needs: those whose titles are plain words. */
export function toldItems(items: readonly RecommendedItem[]): RecommendedItem[] {
  return items.filter(({ title }) => isName(title)).slice(0, LIMITS.chatItems);
}

/** What a call gave, as the language model reads it. */
export function describeItems(items: readonly RecommendedItem[]): string {
  return JSON.stringify(items.map(({ id, title, price }) => ({ id, title, ...(price !== undefined && { price }) })));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text || '{}');
  } catch {
    return undefined;
  }
}
