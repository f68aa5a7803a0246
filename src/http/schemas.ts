import * as v from 'valibot';
import { LIMITS } from '../domain/limits.ts';
import { parseFilter } from '../recommend/filter/parse.ts';

export const Id = v.pipe(
  v.string('an id is a string'),
  v.minLength(1, 'an id has at least 1 character'),
  v.maxLength(LIMITS.idChars, `an id has at most ${LIMITS.idChars} characters`),
);

const TIME_FORM = 'a time is written as in RFC 3339, e.g. 2026-11-24T09:30:00Z';
export const Time = v.pipe(v.string(TIME_FORM), v.isoTimestamp(TIME_FORM));

const ItemId = v.pipe(
  Id,
  v.transform((item) => ({ item })),
);
const Interaction = v.object(
  { item: Id, at: v.optional(Time), type: v.optional(v.string('a type is a word such as "view"')) },
  'an entry of a history is an item id or {"item", "at"?, "type"?}',
);

/** One thing the user did: an item's id, or an object that also says when and how. A union would not say which of its fields is wrong. */
const HistoryEntry = v.lazy((entry) => (typeof entry === 'string' ? ItemId : Interaction));

const limit = (most: number) =>
  v.pipe(
    v.number('a limit is a number'),
    v.integer('a limit is a whole number'),
    v.minValue(1, 'a limit is at least 1'),
    v.maxValue(most, `a limit is at most ${most}`),
  );

const BODY_FORM = 'the body is an object such as {"history": ["3"], "limit": 10}';

const Query = v.pipe(
  v.string('a query is what is looked for, in words'),
  v.maxLength(LIMITS.queryChars, `a query has at most ${LIMITS.queryChars} characters`),
);

const RecommendationFields = v.strictObject(
  {
    user: v.optional(Id),
    history: v.optional(
      v.pipe(
        v.array(HistoryEntry, 'a history is a list'),
        v.maxLength(LIMITS.historyItems, `a history has at most ${LIMITS.historyItems} entries`),
      ),
    ),
    limit: v.optional(limit(LIMITS.answerItems), LIMITS.answerItemsDefault),
    exclude: v.optional(
      v.pipe(
        v.array(Id, 'exclude is a list of ids'),
        v.maxLength(LIMITS.excludedItems, `at most ${LIMITS.excludedItems} items can be excluded`),
      ),
      [],
    ),
    query: v.optional(Query),
    filter: v.optional(v.string('a filter is an expression such as "price < 20"')),
    seen: v.optional(v.picklist(['drop', 'allow'], 'seen is "drop" or "allow"'), 'drop'),
  },
  ({ expected }) => (expected === 'never' ? 'there is no field of this name' : BODY_FORM),
);

const ONE_ASKER = 'a request names a user or brings a history, not both';
const hasOneAsker = ({ user, history }: { readonly user?: unknown; readonly history?: unknown }) =>
  user === undefined || history === undefined;

export const RecommendationBody = v.pipe(
  RecommendationFields,
  v.forward(
    v.check((body) => hasOneAsker(body), ONE_ASKER),
    ['history'],
  ),
);

export const SearchBody = v.pipe(
  v.strictObject(
    {
      ...v.omit(RecommendationFields, ['query']).entries,
      q: Query,
      seen: v.optional(v.picklist(['drop', 'allow'], 'seen is "drop" or "allow"'), 'allow'),
    },
    ({ expected }) => (expected === 'never' ? 'there is no field of this name' : 'the body is an object such as {"q": "red mugs under 5"}'),
  ),
  v.forward(
    v.check((body) => hasOneAsker(body), ONE_ASKER),
    ['history'],
  ),
);

/** `/v1/items/{id}` */
export const ItemParams = v.object({ id: Id });

/** `?limit=`: text in a query string. */
export const limitInQuery = v.optional(
  v.pipe(v.string(), v.transform(Number), limit(LIMITS.answerItems)),
  String(LIMITS.answerItemsDefault),
);

/** `?filter=`: an expression, parsed. */
export const filterInQuery = v.optional(v.pipe(v.string(), v.transform(parseFilter)));
