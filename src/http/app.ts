import { Hono } from 'hono';
import { EdgewiseError } from '../domain/errors.ts';
import { respondWithError } from './errors.ts';
import { healthRoute } from './routes/health.ts';
import { itemRoutes } from './routes/items.ts';
import { popularRoute } from './routes/popular.ts';
import { recommendationRoutes } from './routes/recommendations.ts';
import type { Services } from './services.ts';

/** The HTTP face of the service: routes in, errors mapped in one place. */
export function createApp(services: Services): Hono {
  const app = new Hono();
  app.onError(respondWithError);
  app.notFound((c) =>
    respondWithError(
      new EdgewiseError('route_not_found', `There is no ${c.req.method} ${c.req.path}. The routes are listed in docs/api.md.`),
      c,
    ),
  );

  app.route('/v1', recommendationRoutes(services));
  app.route('/v1', itemRoutes(services));
  app.route('/v1', popularRoute(services));
  app.route('/v1', healthRoute(services));
  return app;
}
