import * as v from 'valibot';
import { EdgewiseError } from '../domain/errors.ts';
import { weightOf, type Interaction, type InteractionWeights } from '../domain/interaction.ts';
import { LIMITS } from '../domain/limits.ts';
import { Id, orUnknownField, TimeMs } from './schemas.ts';

/** What was given for an item, 0 to 5 where it is a rating. */
export const Value = v.optional(v.pipe(v.number('a value is a number'), v.finite('a value is a finite number')));

export const RATINGS = 'a rating has a value of 0 to 5';

/** Whether a rating has its value; other types may have any or none. */
export const isRated = ({ type, value }: { readonly type?: string | undefined; readonly value?: number | undefined }): boolean =>
  type !== 'rating' || (value !== undefined && value >= 0 && value <= 5);

const Fields = v.strictObject(
  {
    id: Id,
    user: Id,
    item: Id,
    type: v.string('a type is a word such as "view"'),
    at: v.optional(TimeMs),
    value: Value,
    recommendationId: v.optional(Id),
    position: v.optional(
      v.pipe(
        v.number('a position is a number'),
        v.integer('a position is a whole number, from 0'),
        v.minValue(0, 'a position is a whole number, from 0'),
        v.maxValue(LIMITS.answerItems - 1, `a position is at most ${LIMITS.answerItems - 1}`),
      ),
    ),
  },
  orUnknownField('an interaction is {"id", "user", "item", "type", "at"?, "value"?, "recommendationId"?, "position"?}'),
);

const SentInteraction = v.pipe(
  Fields,
  v.forward(
    v.check((rated) => isRated(rated), RATINGS),
    ['value'],
  ),
);

export const InteractionsBody = v.strictObject(
  {
    interactions: v.pipe(
      v.array(SentInteraction, 'interactions are a list'),
      v.minLength(1, 'a request has at least 1 interaction'),
      v.maxLength(LIMITS.interactions, `a request has at most ${LIMITS.interactions} interactions`),
    ),
    token: v.optional(v.string('a token is a string')),
  },
  orUnknownField('the body is an object such as {"interactions": [{"id", "user", "item", "type"}]}'),
);

/** How interactions arrive. */
export interface Arrival {
  readonly nowMs: number;
  readonly country: string | undefined;
  readonly weights: InteractionWeights;
}

/** The interaction that was sent as the `index`th. Throws `unknown_interaction_type` or `clock_skew`. */
export function toInteraction(
  sent: v.InferOutput<typeof SentInteraction>,
  index: number,
  { nowMs, country, weights }: Arrival,
): Interaction {
  const { at: atMs, type, value, recommendationId, position, ...ids } = sent;
  const weight = weightOf({ type, value }, weights, `interactions[${index}]`);
  return {
    ...ids,
    type,
    weight,
    atMs: atMs === undefined ? nowMs : checkTime(atMs, index, nowMs),
    receivedMs: nowMs,
    ...(value === undefined ? {} : { value }),
    ...(recommendationId === undefined ? {} : { recommendationId }),
    ...(position === undefined ? {} : { position }),
    ...(country === undefined ? {} : { country }),
  };
}

function checkTime(atMs: number, index: number, nowMs: number): number {
  const aheadMs = atMs - nowMs;
  if (aheadMs <= LIMITS.clockAheadMs && -aheadMs <= LIMITS.interactionAgeMs) return atMs;
  const bound = aheadMs > 0 ? `${LIMITS.clockAheadMs / 60_000} minutes ahead of` : `${LIMITS.interactionAgeMs / 86_400_000} days behind`;
  throw new EdgewiseError(
    'clock_skew',
    `A time is at most ${bound} this server's, ${new Date(nowMs).toISOString()}. Leave "at" out for now.`,
    {
      path: `interactions[${index}].at`,
    },
  );
}
