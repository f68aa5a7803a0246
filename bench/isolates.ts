/** Isolates with what they share, in memory: the real classes of explanations and readings over maps instead of KV, queue and objects. */
import type { LanguageModel } from '../src/domain/language-model.ts';
import { DEFAULT_TENANT } from '../src/domain/tenant.ts';
import { explanationErrand } from '../src/explain/errand.ts';
import { Explanations, type PrefetchMessage } from '../src/explain/explanations.ts';
import { consumePrefetches } from '../src/explain/queue.ts';
import type { ExplanationEvent } from '../src/explain/tell.ts';
import type { Delivered } from '../src/flight/delivered.ts';
import { encodeEvents } from '../src/flight/events.ts';
import { Flight, type Kept } from '../src/flight/flight.ts';
import { readingErrand, type ReadingEvent } from '../src/intent/reading/errand.ts';
import { consumeReadings } from '../src/intent/reading/queue.ts';
import { Readings, type ReadingMessage } from '../src/intent/reading/readings.ts';
import type { Serving } from '../src/recommend/serving.ts';

export interface Isolate {
  readonly explanations: Explanations;
  readonly readings: Readings;
}

/** Where messages go that nobody waits for. */
interface Queue {
  send(message: PrefetchMessage | ReadingMessage): Promise<void>;
}

/** Opens `count` isolates over one KV, one object a key and one queue, which `consume` empties. */
export function openIsolates(count: number, model: LanguageModel, serving: Serving, nowMs: () => number) {
  const kv = new Map<string, string>();
  const waiting: (PrefetchMessage | ReadingMessage)[] = [];
  const queue: Queue = { send: async (message) => void waiting.push(message) };
  const explaining = flightsOver<ExplanationEvent>(kv, nowMs);
  const reading = flightsOver<ReadingEvent>(kv, nowMs);
  const shared = {
    tenant: DEFAULT_TENANT,
    enabled: true,
    send: queue.send,
    isReady: model.isReady,
    nowMs,
  };
  const read = async (key: string) => kv.get(key) ?? null;
  const isolates = Array.from({ length: count }, (): Isolate => ({
    explanations: new Explanations({
      ...shared,
      read,
      explain: async (key, brief, caller) => encodeEvents(explaining(key).join(key, explanationErrand(key, brief, model, caller))),
    }),
    readings: new Readings({
      ...shared,
      recall: read,
      read: async (key, task, caller) => encodeEvents(reading(key).join(key, readingErrand(task, model, caller))),
    }),
  }));
  const { snapshot, lexicon } = serving;
  return {
    isolates,
    /** Does what is in the queue, each message in some isolate. */
    async consume(pick: () => Isolate): Promise<void> {
      const messages = waiting.splice(0);
      await Promise.all(
        messages.map(async (body) => {
          const { explanations, readings } = pick();
          if (body.kind === 'prefetch') await consumePrefetches([delivered(body)], async () => ({ explanations, snapshot }));
          else await consumeReadings([delivered(body)], async () => ({ readings, lexicon, refine: async () => undefined }));
        }),
      );
    },
  };
}

/** One flight a key. */
function flightsOver<E>(kv: Map<string, string>, nowMs: () => number): (key: string) => Flight<E> {
  const flights = new Map<string, Flight<E>>();
  return (key) => {
    const flight = flights.get(key) ?? openFlight<E>(kv, nowMs);
    flights.set(key, flight);
    return flight;
  };
}

function openFlight<E>(kv: Map<string, string>, nowMs: () => number): Flight<E> {
  let kept: Kept<E> | undefined;
  return new Flight<E>({
    kept: () => kept,
    keep: async (one) => void (kept = one),
    read: async (key) => kv.get(key) ?? null,
    write: async (key, text) => void kv.set(key, text),
    waitUntil: () => undefined,
    nowMs,
  });
}

const delivered = <Body>(body: Body): Delivered<Body> => ({ body, ack: () => undefined });
