import * as v from 'valibot';
import { defined } from '../domain/defined.ts';
import { EdgewiseError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Filter } from '../recommend/filter/filter.ts';
import { parseFilter } from '../recommend/filter/parse.ts';
import { SOURCE_NAMES, type Settings } from '../recommend/settings.ts';
import { orUnknownField } from './schemas.ts';

const FACTOR_FORM = `a factor is a number from ${1 / LIMITS.factor} to ${LIMITS.factor}`;
const Factor = v.pipe(v.number(FACTOR_FORM), v.minValue(1 / LIMITS.factor, FACTOR_FORM), v.maxValue(LIMITS.factor, FACTOR_FORM));

/** A whole number within bounds. */
const count = (what: string, least: number, most: number) => {
  const form = `${what} is a whole number from ${least} to ${most}`;
  return v.pipe(v.number(form), v.integer(form), v.minValue(least, form), v.maxValue(most, form));
};

const DIVERSITY_FORM = 'diversity is a number from 0 to 1';
const { least, most } = LIMITS.halfLifeDays;
const HALF_LIFE_FORM = `a half-life is a number of days from ${least} to ${most}`;

const Boost = v.strictObject(
  { filter: v.string('a filter is an expression such as "price < 20"'), factor: Factor },
  orUnknownField('a boost is {"filter", "factor"}'),
);

const Sources = v.pipe(
  v.record(
    v.picklist(SOURCE_NAMES, `a source is one of ${SOURCE_NAMES.join(', ')}`),
    Factor,
    'sources are an object such as {"similar": 1}',
  ),
  v.check((sources) => Object.keys(sources).length > 0, 'an answer needs at least one source'),
);

const Cap = count('a cap', 1, LIMITS.cap);

/** What a request may change of its scenario. */
export const Overrides = v.strictObject(
  {
    sources: v.optional(Sources),
    shownIsSeen: v.optional(v.boolean('shownIsSeen is true or false')),
    halfLifeDays: v.optional(v.pipe(v.number(HALF_LIFE_FORM), v.minValue(least, HALF_LIFE_FORM), v.maxValue(most, HALF_LIFE_FORM))),
    boosts: v.optional(
      v.pipe(v.array(Boost, 'boosts are a list'), v.maxLength(LIMITS.boosts, `a request has at most ${LIMITS.boosts} boosts`)),
    ),
    caps: v.optional(
      v.strictObject({ category: v.optional(Cap), brand: v.optional(Cap) }, orUnknownField('caps are {"category"?, "brand"?}')),
    ),
    diversity: v.optional(v.pipe(v.number(DIVERSITY_FORM), v.minValue(0, DIVERSITY_FORM), v.maxValue(1, DIVERSITY_FORM))),
    exploration: v.optional(count('exploration', 0, LIMITS.explorationSlots)),
    reranking: v.optional(v.boolean('reranking is true or false')),
  },
  orUnknownField('overrides are an object such as {"diversity": 0.3}'),
);

/** The settings that a request overrides. Throws `invalid_filter` with the path of the boost at fault. */
export function toSettings({ boosts, caps, ...rest }: v.InferOutput<typeof Overrides>): Partial<Settings> {
  return defined({
    ...rest,
    boosts: boosts?.map(({ filter, factor }, at) => ({ filter: filterAt(`overrides.boosts[${at}].filter`, filter), factor })),
    caps: caps && { category: caps.category ?? Infinity, brand: caps.brand ?? Infinity },
  });
}

function filterAt(path: string, source: string): Filter {
  try {
    return parseFilter(source);
  } catch (cause) {
    throw cause instanceof EdgewiseError ? new EdgewiseError(cause.code, cause.message, { path, cause }) : cause;
  }
}
