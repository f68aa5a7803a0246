import { Hono } from 'hono';
import * as v from 'valibot';
import { LIMITS } from '../../domain/limits.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import { trendingItems } from '../../recommend/trending.ts';
import { readQuery, SHOWN_LIST } from '../query.ts';
import type { Services } from '../services.ts';
import { withSnapshot } from '../serve.ts';
import { timedJson } from '../timed-json.ts';

const TRENDING = {
  ...SHOWN_LIST,
  country: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'a country has two capital letters, as in ISO 3166: DE'))),
  category: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1, 'a category has at least 1 character'),
      v.maxLength(LIMITS.idChars, `a category has at most ${LIMITS.idChars} characters`),
    ),
  ),
};

/** `GET /v1/trending`: what people turned to lately, everywhere or in a country, in all categories or in one. */
export function trendingRoute(services: Services): Hono {
  return new Hono().get('/trending', (c) => {
    const request = readQuery(c, TRENDING);
    return withSnapshot(c, services, async (serving) => {
      const stopwatch = new Stopwatch(services.preciseNowMs);
      const { items, degraded } = await trendingItems(request, serving, services.counters, services.nowMs(), stopwatch);
      c.executionCtx.waitUntil(services.counters.trends.refresh(request, services.nowMs()));
      return timedJson({ items, snapshot: serving.snapshot.version, degraded }, stopwatch);
    });
  });
}
