import { describe, expect, test } from 'vitest';
import { ModelUnavailable, type LanguageModel } from '../../../src/domain/language-model.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { Broadcast } from '../../../src/explain/broadcast.ts';
import { decodeEvents, encodeEvents } from '../../../src/explain/events.ts';
import { ExplanationMemory } from '../../../src/explain/memory.ts';
import { tell } from '../../../src/explain/tell.ts';
import { makeBrief, sayingModel } from './fixture.ts';

const CALLER = { place: {}, urgency: 'waiting' } as const;
const WORDED = { text: 'Goes with SET OF 6 MUGS', origin: 'template' };
const FIRST = 'It goes well with the SET OF 6 MUGS that you chose.';

async function told(model: LanguageModel) {
  const breaches: string[] = [];
  const events = await Array.fromAsync(tell(makeBrief(), model, CALLER, (breach) => void breaches.push(breach)));
  return { events, breaches };
}
const says = (...pieces: string[]) => told(sayingModel(() => pieces));

describe('an explanation', () => {
  test('is told by the sentence, however it comes in pieces', async () => {
    const text = `${FIRST} People often like both.`;
    const events = [
      { kind: 'sentence', text: FIRST },
      { kind: 'done', explanation: { text, origin: 'llm' } },
    ];
    for (const pieces of [[text], text.split(''), text.split(/(?<= )/)]) expect((await says(...pieces)).events).toEqual(events);
  });

  test('shows nothing of a sentence before all of it was checked', async () => {
    const { events, breaches } = await says(...'It is so cheap that people like it. Really. '.split(''));
    expect(events).toEqual([{ kind: 'done', explanation: { ...WORDED, fallback: 'refused' } }]);
    expect(breaches).toEqual(['claim']);
  });

  test('hangs up where something is wrong', async () => {
    let asked = 0;
    const endless = async function* () {
      for (;;) {
        asked++;
        yield 'It is cheap. ';
      }
    };
    expect((await told({ ...sayingModel(() => []), stream: endless })).breaches).toEqual(['claim']);
    expect(asked).toBe(1);
  });

  test('is as long as it may be and no longer', async () => {
    const longest = FIRST.padEnd(LIMITS.explanationChars, ' it is for you');
    expect((await says(longest)).breaches).toEqual([]);
    expect((await says(`${longest}x`)).breaches).toEqual(['long']);
  });

  test('is the worded reason where the model fails in the middle', async () => {
    const breaksOff = async function* () {
      yield `${FIRST} And`;
      throw new ModelUnavailable('failed', 'broke off');
    };
    const { events } = await told({ ...sayingModel(() => []), stream: breaksOff });
    expect(events.at(-1)).toEqual({ kind: 'done', explanation: { ...WORDED, fallback: 'failed' } });
  });
});

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

test('an isolate remembers so many explanations, and forgets the longest unused', () => {
  const memory = new ExplanationMemory();
  for (let at = 0; at < LIMITS.explanationsRemembered; at++) memory.remember(`${at}`, 'text');
  expect(memory.textOf('0')).toBe('text'); // used again
  memory.remember('new', 'text');
  expect([memory.textOf('0'), memory.textOf('1'), memory.textOf('2')]).toEqual(['text', undefined, 'text']);
});
