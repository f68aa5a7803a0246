import { defined } from '../domain/defined.ts';
import { seededRandom } from '../kernel/random.ts';
import { recommend, type Answer } from './recommend.ts';
import { fillRequest, type RecommendRequest } from './request.ts';
import type { Serving } from './serving.ts';
import type { Stopwatch } from './stopwatch.ts';

/** What a list of items that may be shown is asked for by. */
type Listed = { readonly [field in 'limit' | 'filter' | 'market']?: RecommendRequest[field] | undefined };

/** What is recommended to somebody of whom nothing is known. */
export function popularItems({ limit, filter, market }: Listed, serving: Serving, nowMs: number, stopwatch: Stopwatch): Promise<Answer> {
  return recommend(fillRequest({ ...defined({ limit, filter, market }), nowMs, random: seededRandom(0) }), serving, stopwatch);
}
