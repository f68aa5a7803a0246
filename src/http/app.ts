import { Hono, type Context } from 'hono';
import { RegExpRouter } from 'hono/router/reg-exp-router';
import { EdgewiseError } from '../domain/errors.ts';
import type { CallerEnv } from './auth/caller.ts';
import { respondWithError } from './errors.ts';
import { batchRoute } from './routes/batch.ts';
import { chatRoute } from './routes/chat.ts';
import { critiqueRoutes } from './routes/critiques.ts';
import { catalogueRoutes } from './routes/catalogue.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { explanationRoutes } from './routes/explanations.ts';
import { experimentRoutes } from './routes/experiments.ts';
import { feedRoute } from './routes/feeds.ts';
import { healthRoute } from './routes/health.ts';
import { interactionRoutes } from './routes/interactions.ts';
import { itemListRoute } from './routes/item-list.ts';
import { itemRoutes } from './routes/items.ts';
import { logRoute } from './routes/log.ts';
import { popularRoute } from './routes/popular.ts';
import { recommendationRoutes } from './routes/recommendations.ts';
import { searchRoute } from './routes/search.ts';
import { refreshRoutes } from './routes/refresh.ts';
import { snapshotRoutes } from './routes/snapshots.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { trendingRoute } from './routes/trending.ts';
import { userRoutes } from './routes/users.ts';
import type { Services } from './services.ts';

/** The HTTP face of what belongs to one tenant: routes in, errors mapped in one place. `createGate` stands before it. */
export function createApp(services: Services): Hono<CallerEnv> {
  const app = new Hono<CallerEnv>({ router: new RegExpRouter() }); // a path that it cannot take throws; Hono's choice would be a slower router for all
  app.onError(respondWithError);
  app.notFound((c) => respondWithError(noRoute(c, app), c));

  app.route('/v1', recommendationRoutes(services));
  app.route('/v1', batchRoute(services));
  app.route('/v1', searchRoute(services));
  app.route('/v1', itemListRoute(services));
  app.route('/v1', chatRoute(services));
  app.route('/v1', itemRoutes(services));
  app.route('/v1', catalogueRoutes(services));
  app.route('/v1', refreshRoutes(services));
  app.route('/v1', snapshotRoutes(services));
  app.route('/v1', feedRoute(services));
  app.route('/v1', popularRoute(services));
  app.route('/v1', trendingRoute(services));
  app.route('/v1', interactionRoutes(services));
  app.route('/v1', userRoutes(services));
  app.route('/v1', tokenRoutes(services));
  app.route('/v1', deadLetterRoutes(services));
  app.route('/v1', logRoute(services));
  app.route('/v1', explanationRoutes(services));
  app.route('/v1', experimentRoutes(services));
  app.route('/v1', critiqueRoutes(services));
  app.route('/v1', healthRoute(services));
  return app;
}

/** A path that no route has, or that has routes for other methods only, which the answer then lists. */
function noRoute(c: Context, app: Hono<CallerEnv>): EdgewiseError {
  const { method, path } = c.req;
  const methods = [...new Set(app.routes.map((route) => route.method))];
  const allowed = methods.filter((other) => app.router.match(other, path)[0].length > 0);
  if (allowed.length === 0)
    return new EdgewiseError('route_not_found', `There is no ${method} ${path}. The routes are listed in docs/api.md.`);
  const names = allowed.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])).join(', ');
  c.header('Allow', names);
  return new EdgewiseError('method_not_allowed', `${path} takes ${names}, not ${method}.`);
}
