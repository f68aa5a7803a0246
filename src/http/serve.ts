import type { Context } from 'hono';
import { publishLine } from '../domain/command.ts';
import { EdgewiseError } from '../domain/errors.ts';
import type { Serving } from '../recommend/serving.ts';
import type { Services } from './services.ts';

/**
 * Runs `action` with the live version, held for as long as it takes; with undefined while none could be loaded. What can
 * wait happens after the response: looking for a newer version, starting the encoder.
 */
export async function withServing<R>(
  c: Context,
  { store, nowMs }: Services,
  action: (serving: Serving | undefined) => Promise<R>,
): Promise<R> {
  const opening = store.current ? undefined : store.open(nowMs());
  if (store.isDue(nowMs())) c.executionCtx.waitUntil(store.refresh(nowMs())); // before any await: a client that hangs up must not take the load with it
  if (opening) await opening;
  const serving = store.current; // read and held without an await between: it cannot be retired in the meantime
  if (!serving) return action(undefined);
  const result = await serving.hold(action);
  if (serving.encoderDue(nowMs())) c.executionCtx.waitUntil(startEncoder(serving, nowMs));
  return result;
}

/** The same where there is no answer without a version: throws `snapshot_unavailable`. */
export function withSnapshot<R>(c: Context, services: Services, action: (serving: Serving) => Promise<R>): Promise<R> {
  return withServing(c, services, (serving) => action(serving ?? noSnapshot(services)));
}

/** Throws `snapshot_unavailable`. */
export function noSnapshot({ tenant }: Pick<Services, 'tenant'>): never {
  throw new EdgewiseError(
    'snapshot_unavailable',
    `No catalogue is loaded yet: publish one, as the demo's with \`${publishLine({ tenant })}\` (add --local where \`npm run dev\` serves), then try again. GET /v1/health says what is wrong.`,
  );
}

async function startEncoder(serving: Serving, nowMs: () => number): Promise<void> {
  try {
    await responseSent(); // the start holds the isolate for a few hundred milliseconds
    const before = serving.encoderFault;
    if (serving.encoderDue(nowMs())) await serving.startEncoder(nowMs());
    if (before) console.warn(JSON.stringify({ event: 'encoder_started_again', snapshot: serving.snapshot.version, after: before }));
    if (serving.startFault)
      console.warn(JSON.stringify({ event: 'start_not_restored', snapshot: serving.snapshot.version, reason: serving.startFault }));
  } catch (cause) {
    console.error(JSON.stringify({ event: 'encoder_failed', snapshot: serving.snapshot.version, error: String(cause) }));
  }
}

/** For what must not hold up a response: microtasks run before it leaves the isolate, a timer after. */
export function responseSent(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
