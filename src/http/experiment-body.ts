import * as v from 'valibot';
import { LIMITS } from '../domain/limits.ts';
import { NAME_FORM } from '../domain/recommendation-id.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { SCENARIO_NAMES } from '../recommend/scenarios.ts';
import { Overrides, toSettings } from './overrides.ts';
import { orUnknownField } from './schemas.ts';

export type ExperimentOverrides = v.InferOutput<typeof Overrides>;

const Name = (what: string) => {
  const form = `${what} is 1 to 32 of a-z, 0-9 and -`;
  return v.pipe(v.string(form), v.regex(NAME_FORM, form));
};

const TRAFFIC_FORM = 'traffic is the share of users that take part, from 0 to 1';
const SHARE_FORM = `a share is a number from ${1 / LIMITS.variantShare} to ${LIMITS.variantShare}`;

const Variant = v.strictObject(
  {
    name: Name('the name of a variant'),
    share: v.optional(
      v.pipe(v.number(SHARE_FORM), v.minValue(1 / LIMITS.variantShare, SHARE_FORM), v.maxValue(LIMITS.variantShare, SHARE_FORM)),
      1,
    ),
    overrides: v.optional(Overrides, {}),
  },
  orUnknownField('a variant is {"name", "share"?, "overrides"?}'),
);

const FIELDS = {
  on: v.optional(v.boolean('on is true or false'), true),
  scenario: v.picklist(SCENARIO_NAMES, `a scenario is one of ${SCENARIO_NAMES.join(', ')}`),
  traffic: v.optional(v.pipe(v.number(TRAFFIC_FORM), v.minValue(0, TRAFFIC_FORM), v.maxValue(1, TRAFFIC_FORM)), 1),
  variants: v.pipe(
    v.array(Variant, 'variants are a list'),
    v.minLength(2, 'an experiment has at least 2 variants; the first is the control'),
    v.maxLength(LIMITS.variants, `an experiment has at most ${LIMITS.variants} variants`),
    v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two variants have the same name'),
    v.check((all) => {
      for (const { overrides } of all) toSettings(overrides); // throws where a filter is not one
      return true;
    }),
  ),
};

/** `PUT /v1/experiments/{id}` */
export const ExperimentBody = v.strictObject(
  FIELDS,
  orUnknownField(
    'the body is an object such as {"scenario": "home", "variants": [{"name": "control"}, {"name": "varied", "overrides": {"diversity": 0.3}}]}',
  ),
);

/** `/v1/experiments/{id}` */
export const ExperimentParams = v.object({ id: Name('the id of an experiment') });

const Stored = v.strictObject({ ...ExperimentParams.entries, ...FIELDS });

/** Reads an experiment as it was stored. Throws on one that this build does not understand. */
export function parseStoredExperiment(body: unknown): Experiment<ExperimentOverrides> {
  return v.parse(Stored, body);
}
