import * as v from 'valibot';
import { defined } from '../domain/defined.ts';
import { EdgewiseError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { matchLocale } from '../domain/locale.ts';
import { parseCursor, type Cursor } from '../recommend/cursor.ts';
import { parseFilter } from '../recommend/filter/parse.ts';
import type { Asker } from '../recommend/past.ts';
import type { Asked } from '../recommend/request.ts';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from '../recommend/scenarios.ts';
import { SEEN_POLICIES } from '../recommend/settings.ts';
import { isRated, RATINGS, Value } from './interactions.ts';
import { Overrides, toSettings } from './overrides.ts';
import { Id, limitOf, Market, orUnknownField, Time } from './schemas.ts';

const Interaction = v.pipe(
  v.strictObject(
    { item: Id, at: v.optional(Time), type: v.optional(v.string('a type is a word such as "view"')), value: Value },
    orUnknownField('an entry of a history is an item id or {"item", "at"?, "type"?, "value"?}'),
  ),
  v.forward(
    v.check((rated) => isRated(rated), RATINGS),
    ['value'],
  ),
);

/** One thing the user did: an item's id, or an object that also says when and how. A union would not say which of its fields is wrong. */
const HistoryEntry = v.lazy((entry) => (typeof entry === 'string' ? Id : Interaction));

const Cart = v.pipe(
  v.array(Id, 'a cart is a list of ids'),
  v.minLength(1, 'a cart has at least 1 item'),
  v.maxLength(LIMITS.cartItems, `a cart has at most ${LIMITS.cartItems} items`),
);

const Words = v.pipe(
  v.string('a query is a text'),
  v.trim(),
  v.minLength(1, 'a query has at least 1 character'),
  v.maxLength(LIMITS.queryChars, `a query has at most ${LIMITS.queryChars} characters`),
);

export const ONE_ASKER = 'a request names a user or brings a history, not both';
export const hasOneAsker = ({ user, history }: { readonly user?: unknown; readonly history?: unknown }) =>
  user === undefined || history === undefined;

/** Every field but those that say who asks. */
export const RECOMMENDATION_FIELDS = {
  scenario: v.optional(v.string('a scenario is a name such as "home"'), 'home'),
  context: v.optional(
    v.strictObject(
      { item: v.optional(Id), cart: v.optional(Cart), market: v.optional(Market) },
      orUnknownField('a context is {"item"?, "cart"?, "market"?}'),
    ),
  ),
  query: v.optional(Words),
  limit: v.optional(limitOf(LIMITS.answerItems), LIMITS.answerItemsDefault),
  exclude: v.optional(
    v.pipe(
      v.array(Id, 'exclude is a list of ids'),
      v.maxLength(LIMITS.excludedItems, `at most ${LIMITS.excludedItems} items can be excluded`),
    ),
    [],
  ),
  filter: v.optional(v.string('a filter is an expression such as "price < 20"')),
  seen: v.optional(v.picklist(SEEN_POLICIES, 'seen is "drop", "demote" or "allow"')),
  overrides: v.optional(Overrides),
  explain: v.optional(v.union([v.boolean(), v.literal('debug')], 'explain is true, false or "debug"'), false),
  locale: v.optional(
    v.pipe(
      v.string('a locale is a language tag such as "de-CH"'),
      v.maxLength(LIMITS.localeChars, `a locale has at most ${LIMITS.localeChars} characters`),
      v.transform((tag) => matchLocale(tag)),
    ),
  ),
};

export const HISTORY = {
  user: v.optional(Id),
  history: v.optional(
    v.pipe(
      v.array(HistoryEntry, 'a history is a list'),
      v.maxLength(LIMITS.historyItems, `a history has at most ${LIMITS.historyItems} entries`),
    ),
  ),
};
const CURSOR = {
  cursor: v.optional(
    v.pipe(
      v.string('a cursor is a text that came with an answer'),
      v.maxLength(LIMITS.cursorChars, `a cursor has at most ${LIMITS.cursorChars} characters`),
    ),
  ),
};

export const RecommendationBody = v.pipe(
  v.strictObject(
    { ...RECOMMENDATION_FIELDS, ...HISTORY, ...CURSOR },
    orUnknownField('the body is an object such as {"history": ["3"], "limit": 10}'),
  ),
  v.forward(
    v.check((body) => hasOneAsker(body), ONE_ASKER),
    ['history'],
  ),
);

const { query: _query, scenario: _scenario, ...SEARCH_FIELDS } = RECOMMENDATION_FIELDS;

/** A recommendation of the scenario `search`, whose query is called `q`. */
export const SearchBody = v.pipe(
  v.strictObject(
    { ...SEARCH_FIELDS, ...HISTORY, ...CURSOR, q: Words },
    orUnknownField('the body is an object such as {"q": "red mugs under 5"}'),
  ),
  v.forward(
    v.check((body) => hasOneAsker(body), ONE_ASKER),
    ['history'],
  ),
  v.transform(({ q, ...body }) => ({ ...body, scenario: 'search', query: q })),
);

/** A request as it was sent, understood; who asks and where the list goes on are still to be looked up. */
export interface SentRequest {
  readonly asker: Asker;
  readonly cursor: Cursor | undefined;
  readonly scenario: ScenarioName;
  /** Whether items name their explanations. */
  readonly explained: boolean;
  readonly asked: Omit<Asked, 'nowMs' | 'random'>;
}

/** Throws `unknown_scenario`, `invalid_request` where the scenario needs more, `invalid_filter`, `cursor_invalid`. */
export function readRecommendation(body: v.InferOutput<typeof RecommendationBody>): SentRequest {
  const { user, history, scenario, context = {}, query, limit, exclude, filter, seen, cursor, overrides, explain, locale } = body;
  const name = checkScenario(scenario);
  checkNeeds(name, body);
  const about = [...(context.cart ?? []), ...(context.item === undefined ? [] : [context.item])];
  return {
    asker: { user, history },
    cursor: cursor === undefined ? undefined : parseCursor(cursor),
    scenario: name,
    explained: explain === true,
    asked: defined({
      scenario: name,
      about,
      query,
      market: context.market,
      limit,
      exclude,
      filter: filter === undefined ? undefined : parseFilter(filter),
      overrides: defined({ ...(overrides && toSettings(overrides)), seen }),
      traced: explain === 'debug',
      locale,
    }),
  };
}

function checkScenario(name: string): ScenarioName {
  const known = SCENARIO_NAMES.find((one) => one === name);
  if (known) return known;
  throw new EdgewiseError('unknown_scenario', `There is no scenario "${name}". There are ${SCENARIO_NAMES.join(', ')}.`, {
    path: 'scenario',
  });
}

function checkNeeds(name: ScenarioName, { context, query }: v.InferOutput<typeof RecommendationBody>): void {
  const { needs } = SCENARIOS[name];
  const given = { 'context.item': context?.item, 'context.cart': context?.cart, query };
  if (needs && given[needs] === undefined)
    throw new EdgewiseError('invalid_request', `${needs}: the scenario "${name}" needs it`, { path: needs });
}
