import * as v from 'valibot';
import { INTERACTION_WEIGHTS, type InteractionWeights } from '../domain/interaction.ts';
import { LIMITS } from '../domain/limits.ts';

const Weights = v.record(
  v.pipe(
    v.string(),
    v.regex(/^[a-z][a-z0-9_-]*$/, 'a type is a word of a-z, 0-9, _ and -'),
    v.maxLength(LIMITS.typeChars, `a type has at most ${LIMITS.typeChars} characters`),
  ),
  v.pipe(v.number('a weight is a number'), v.minValue(-LIMITS.weight), v.maxValue(LIMITS.weight)),
  'it is an object such as {"wishlist": 2}',
);

/** The usual types of interaction and those of a configuration, which may also give usual ones another weight. Throws on a mistake. */
export function parseWeights(configured = '{}'): InteractionWeights {
  try {
    return { ...INTERACTION_WEIGHTS, ...v.parse(Weights, JSON.parse(configured)) };
  } catch (cause) {
    throw new Error(`INTERACTION_TYPES cannot be read: ${(cause as Error).message}`, { cause });
  }
}
