import { DurableObject } from 'cloudflare:workers';
import { encodeEvents } from './events.ts';
import { Flight, type Errand, type Kept } from './flight.ts';

/** What the object needs of its Worker. */
export interface FlightEnv {
  /** Finished texts by key: explanations, and what was read out of queries and critiques. */
  readonly EXPLANATIONS: KVNamespace;
}

const KEPT_KEY = 'landed';

/** A flight in a Durable Object of its key: see `flight.ts`, which holds all that it does. */
export abstract class FlightObject<Env extends FlightEnv, E> extends DurableObject<Env> {
  private readonly flight = new Flight<E>({
    kept: () => this.ctx.storage.kv.get<Kept<E>>(KEPT_KEY),
    keep: async (kept) => {
      this.ctx.storage.kv.put(KEPT_KEY, kept);
      await this.ctx.storage.setAlarm(kept.untilMs);
    },
    read: (key) => this.env.EXPLANATIONS.get(key),
    write: (key, text, forMs) => this.env.EXPLANATIONS.put(key, text, { expirationTtl: forMs / 1000 }),
    waitUntil: (work) => this.ctx.waitUntil(work),
    nowMs: () => Date.now(),
  });

  /** The events of the errand of this key, as `decodeEvents` reads them. */
  protected join(key: string, errand: Errand<E>): ReadableStream<Uint8Array> {
    return encodeEvents(this.flight.join(key, errand));
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}
