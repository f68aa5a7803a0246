/**
 * The production Worker with two routes of Hono beside it that do next to nothing: what any answer costs, to hold the
 * recommendations against. Both live in one isolate and one bundle.
 */
import { Hono } from 'hono';
import worker from '../src/worker.ts';

const empty = new Hono()
  .post('/bench/empty', (c) => c.json({ ok: true }))
  /** Also reads the body that a recommendation would read. */
  .post('/bench/empty-body', async (c) => {
    await c.req.json();
    return c.json({ ok: true });
  });

export default {
  fetch(request, env, context) {
    return request.url.includes('/bench/') ? empty.fetch(request, env, context) : worker.fetch(request, env, context);
  },
} satisfies ExportedHandler<Parameters<typeof worker.fetch>[1]>;
