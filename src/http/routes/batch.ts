import { Hono, type Context } from 'hono';
import * as v from 'valibot';
import { EdgewiseError } from '../../domain/errors.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { Recommendation } from '../../domain/recommendation.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import { parseInput, readBody } from '../body.ts';
import { tellFault } from '../errors.ts';
import { RECOMMENDATION_FIELDS, RecommendationBody, readRecommendation } from '../recommendation-body.ts';
import { answerRequest, readyRequest, type ReadyRequest } from '../recommender.ts';
import { orUnknownField } from '../schemas.ts';
import { withServing } from '../serve.ts';
import type { Services } from '../services.ts';
import { timedJson } from '../timed-json.ts';

const some = (what: string) =>
  v.pipe(
    v.array(v.unknown(), `${what} are a list`),
    v.minLength(1, `a batch has at least 1 of ${what}`),
    v.maxLength(LIMITS.batchRequests, `a batch has at most ${LIMITS.batchRequests} of ${what}`),
  );

const BatchBody = v.pipe(
  v.strictObject(
    { ...RECOMMENDATION_FIELDS, users: v.optional(some('users')), requests: v.optional(some('requests')) },
    orUnknownField('the body is an object such as {"scenario": "email", "users": ["ann"]}'),
  ),
  v.check(({ users, requests }) => (users === undefined) !== (requests === undefined), 'a batch has either users or requests'),
);

/** One place of a batch: what is ready to be answered, or the fault that it has. */
type Place = { readonly ready: ReadyRequest } | { readonly fault: unknown };

/**
 * `POST /v1/recommendations:batch`: answers for many users, or to many requests, with what the batch says for all of them. They
 * are in the order of the requests; one with a fault has an error in the place of its answer.
 */
export function batchRoute(services: Services): Hono {
  return new Hono().post('/recommendations:batch', async (c) => {
    const { users, requests, ...common } = await readBody(c.req, BatchBody, LIMITS.batchBodyBytes);
    const bodies = requests ?? users!.map((user) => ({ user }));
    const stopwatch = new Stopwatch(services.preciseNowMs);
    const places = await Promise.all(bodies.map((body) => prepare(body, common, c, services)));
    stopwatch.lap('users');
    return withServing(c, services, async (serving) => {
      const answers: (Recommendation | { error: ReturnType<typeof tellFault> })[] = [];
      for (const place of places) {
        try {
          if ('fault' in place) throw place.fault;
          answers.push(await answerRequest(place.ready, serving, c, services, new Stopwatch(services.preciseNowMs)));
        } catch (fault) {
          answers.push({ error: tellFault(fault, c) });
        }
      }
      stopwatch.lap('answers');
      return timedJson({ answers }, stopwatch);
    });
  });
}

async function prepare(body: unknown, common: object, c: Context, services: Services): Promise<Place> {
  try {
    const whole = typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...common, ...body } : null;
    const sent = readRecommendation(parseInput(RecommendationBody, whole));
    if (sent.asked.traced)
      throw new EdgewiseError('invalid_request', 'explain: a batch is not explained with "debug", ask for the answer alone', {
        path: 'explain',
      });
    return { ready: await readyRequest(sent, c, services) };
  } catch (fault) {
    return { fault };
  }
}
