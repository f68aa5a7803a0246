import { Hono } from 'hono';
import { LIMITS } from '../../domain/limits.ts';
import { visitorId } from '../../domain/visitor.ts';
import { callerOf, signing } from '../auth/caller.ts';
import { parseInput } from '../body.ts';
import { ItemParams } from '../schemas.ts';
import type { Services } from '../services.ts';

/** `POST /v1/visitors`: an id for somebody who has none, and what proves it. `POST /v1/users/{id}/token`: what proves a user that the caller knows. */
export function tokenRoutes({ tokens, newId, nowMs }: Services): Hono {
  return new Hono()
    .post('/visitors', async (c) => {
      const visitor = visitorId(newId());
      const issued = await signing(tokens).issue(visitor, callerOf(c).tenant, nowMs(), LIMITS.visitorTokenMs);
      return c.json({ visitor, ...issued }, 201);
    })
    .post('/users/:id/token', async (c) => {
      const { id } = parseInput(ItemParams, c.req.param());
      const issued = await signing(tokens).issue(id, callerOf(c).tenant, nowMs(), LIMITS.userTokenMs);
      return c.json({ user: id, ...issued }, 201);
    });
}
