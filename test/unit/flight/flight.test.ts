import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/domain/limits.ts';
import { Broadcast } from '../../../src/flight/broadcast.ts';
import { decodeEvents, encodeEvents } from '../../../src/flight/events.ts';
import { Flight, type Errand, type Kept } from '../../../src/flight/flight.ts';
import { FlightMemory } from '../../../src/flight/memory.ts';

describe('a broadcast', () => {
  test('tells everybody everything, in order, whenever they begin to listen', async () => {
    const broadcast = new Broadcast<number>();
    const steps = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const early = Array.fromAsync(broadcast.listen());
    const run = broadcast.run(
      (async function* () {
        for (const [at, { promise }] of steps.entries()) {
          await promise;
          yield at;
        }
      })(),
    );
    steps[0]!.resolve();
    steps[1]!.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
    const late = Array.fromAsync(broadcast.listen());
    steps[2]!.resolve();
    steps[3]!.resolve();
    await run;
    expect([await early, await late, await Array.fromAsync(broadcast.listen())]).toEqual([0, 1, 2].map(() => [0, 1, 2, 3]));
  });

  test('ends for those who listen where its source fails', async () => {
    const broadcast = new Broadcast<number>();
    const heard = Array.fromAsync(broadcast.listen());
    const failing = async function* () {
      yield 1;
      throw new Error('gone');
    };
    await expect(broadcast.run(failing())).rejects.toThrow('gone');
    expect(await heard).toEqual([1]);
  });
});

test('events come out of bytes as they went in, wherever the bytes are cut', async () => {
  const events = [
    { kind: 'sentence', text: '它与\n很相配。' } as const,
    { kind: 'done', explanation: { text: '…', origin: 'llm' } } as const,
  ];
  const whole = new Uint8Array(await new Response(encodeEvents(toAsync(events))).arrayBuffer());
  for (let size = 1; size < 12; size++) {
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) => whole.slice(at * size, (at + 1) * size));
    expect(await Array.fromAsync(decodeEvents(streamOf(chunks)))).toEqual(events);
  }
});

function streamOf(chunks: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function* toAsync<T>(values: readonly T[]): AsyncGenerator<T, void> {
  yield* values;
}

describe('the memory of an isolate', () => {
  test('holds so many results, and forgets the longest unused', () => {
    const memory = new FlightMemory<string>(1);
    for (let at = 0; at < LIMITS.flightsRemembered; at++) memory.remember(`${at}`, 'text');
    expect(memory.valueOf('0')).toBe('text'); // used again
    memory.remember('new', 'text');
    expect([memory.valueOf('0'), memory.valueOf('1'), memory.valueOf('2')]).toEqual(['text', undefined, 'text']);
  });

  test('looks for what is missing once a minute, and at once when it was asked for often enough to be made', () => {
    const memory = new FlightMemory<string>(2);
    const notes = [0, 1, 2, LIMITS.flightMissingMs, LIMITS.flightMissingMs + 1].map((ms) => memory.note('a', ms));
    const [look, wait] = [
      { look: true, make: true },
      { look: false, make: false },
    ];
    expect(notes).toEqual([{ look: true, make: false }, look, wait, wait, look]);
    memory.remember('a', 'text');
    expect(memory.note('a', 1e9)).toEqual(wait);
  });
});

/** A flight over stores in memory, and what it keeps and tells. */
function makeFlight() {
  const clock = { nowMs: 0 };
  const texts = new Map<string, string>();
  let kept: Kept<string> | undefined;
  const flight = new Flight<string>({
    kept: () => kept,
    keep: async (one) => void (kept = one),
    read: async (key) => texts.get(key) ?? null,
    write: async (key, text) => void texts.set(key, text),
    waitUntil: () => undefined,
    nowMs: () => clock.nowMs,
  });
  return { flight, texts, clock, forget: () => void (kept = undefined) };
}

describe('a flight', () => {
  const errandOf = (work: () => AsyncIterable<string>, keptMs = 100): Errand<string> => ({
    work,
    landing: (event) => (event.startsWith('done') ? { keptMs, ...(event === 'done well' && { text: event }) } : undefined),
    recall: (text) => text,
  });

  test('is one for all who ask while it is under way, and what it gave is known here and elsewhere', async () => {
    const { flight, texts, forget, clock } = makeFlight();
    let flown = 0;
    const errand = errandOf(async function* () {
      flown++;
      yield 'first';
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield 'done well';
    });
    const all = await Promise.all(Array.from({ length: 20 }, () => Array.fromAsync(flight.join('k', errand))));
    expect(new Set(all.map((events) => events.join()))).toEqual(new Set(['first,done well']));
    expect(await Array.fromAsync(flight.join('k', errand))).toEqual(['done well']);
    forget();
    expect([await Array.fromAsync(flight.join('k', errand)), texts.get('k'), flown]).toEqual([['done well'], 'done well', 1]);
    texts.clear();
    clock.nowMs = 1e6;
    await Array.fromAsync(flight.join('k', errand));
    expect(flown).toBe(2);
  });

  test('keeps a poor result for as long as it says and for nobody else, and one of no time at all not even here', async () => {
    const { flight, texts, clock } = makeFlight();
    let flown = 0;
    const poor = (keptMs: number) =>
      errandOf(async function* () {
        flown++;
        yield 'done badly';
      }, keptMs);
    for (const [nowMs, expected] of [
      [0, 1],
      [99, 1],
      [100, 2],
    ] as const) {
      clock.nowMs = nowMs;
      await Array.fromAsync(flight.join('k', poor(100)));
      expect([flown, texts.size]).toEqual([expected, 0]);
    }
    clock.nowMs = 1_000;
    for (let time = 0; time < 2; time++) await Array.fromAsync(flight.join('k', poor(0)));
    expect(flown).toBe(4);
  });
});
