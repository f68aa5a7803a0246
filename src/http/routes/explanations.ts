import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { noReason, openBrief } from '../../explain/brief.ts';
import { parseReference } from '../../explain/reference.ts';
import { placeOf } from '../place.ts';
import { withSnapshot } from '../serve.ts';
import type { Services } from '../services.ts';

/** `GET /v1/explanations/{id}`: why an item was recommended, as JSON when it is written, or sentence by sentence as server-sent events. */
export function explanationRoutes(services: Services): Hono {
  return new Hono().get('/explanations/:id', (c) => {
    const id = c.req.param('id');
    const reference = parseReference(id);
    return withSnapshot(c, services, async ({ snapshot, permits }) => {
      const rows = [reference.item, ...reference.because].flatMap((named) => snapshot.rowOf.get(named) ?? []);
      if (rows.some((row) => permits.withholds(row))) throw noReason();
      const events = services.explanations.tell(openBrief(reference, snapshot), snapshot, { place: placeOf(c), urgency: 'waiting' });
      if (c.req.header('accept')?.includes('text/event-stream')) {
        return streamSSE(c, async (stream) => {
          for await (const event of events) {
            const data = event.kind === 'done' ? { id, ...event.explanation } : { text: event.text };
            await stream.writeSSE({ event: event.kind, data: JSON.stringify(data) });
          }
        });
      }
      for await (const event of events) if (event.kind === 'done') return c.json({ id, ...event.explanation });
      throw new Error('an explanation ended without its text');
    });
  });
}
