/** Which endpoint answers, and when another one is asked. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ModelUnavailable, type Caller, type ChatMessage } from '../../../src/domain/language-model.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import type { CallRecord } from '../../../src/llm/call.ts';
import { openLanguageModel } from '../../../src/llm/client.ts';
import { parseEndpoints } from '../../../src/llm/endpoint.ts';
import type { GateBounds } from '../../../src/llm/gate.ts';
import { memoryGates } from '../../../src/llm/memory-gates.ts';

const NOON_MS = Date.parse('2026-11-24T12:00:00Z');
const REQUEST = { messages: [{ role: 'user' as const, content: 'why?' }], tokensMax: 50, temperature: 0 };
const IN_EUROPE: Caller = { place: { continent: 'EU' }, urgency: 'waiting' };

type Behaviour = () => Response | Promise<Response>;
const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
const stream = (text: string, headers = {}) => new Response(text, { headers: { 'content-type': 'text/event-stream', ...headers } });
const fine = (text: string) => () =>
  stream(`${chunk(text)}data: ${JSON.stringify({ choices: [], usage: { total_tokens: 9 } })}\n\ndata: [DONE]\n\n`);
const broken = () => stream(chunk('Half a'));
const status =
  (code: number, headers = {}) =>
  () =>
    new Response('', { status: code, headers });
const down = () => Promise.reject(new TypeError('connection refused'));

/** Three endpoints: one in Europe, one in America, one anywhere; each does as it is told. */
function setUp(bounds?: GateBounds) {
  const doing: Record<string, Behaviour> = { eu: fine('from eu'), us: fine('from us'), any: fine('from any') };
  const asked: string[] = [];
  const records: CallRecord[] = [];
  const pauses: number[] = [];
  const clock = { nowMs: NOON_MS };
  const gates = memoryGates(bounds);
  const endpoints = parseEndpoints(
    JSON.stringify([
      { name: 'any', region: 'any', url: 'http://any', model: 'm', embeddingModel: 'v' },
      { name: 'us', region: 'us', url: 'http://us', model: 'm', continents: ['NA'] },
      { name: 'eu', region: 'eu', url: 'http://eu', model: 'm', continents: ['EU'] },
    ]),
    {},
  );
  let ids = 0;
  const model = openLanguageModel({
    endpoints,
    gates,
    fetch: async (input) => {
      const { hostname } = new URL(input as string);
      asked.push(hostname);
      return doing[hostname]!();
    },
    nowMs: () => clock.nowMs,
    random: () => 0.5,
    newId: () => `lease ${ids++}`,
    sleep: async (ms) => void pauses.push(ms),
    record: (call) => void records.push(call),
    deadlines: { firstTextMs: 1_000, stallMs: 1_000, callMs: 1_000 },
  });
  const listen = async (caller = IN_EUROPE) => (await Array.fromAsync(model.stream(REQUEST, caller))).join('');
  const absence = (caller?: Caller) => listen(caller).catch((fault: ModelUnavailable) => fault.absence);
  return { model, doing, asked, records, pauses, clock, gates, listen, absence };
}

let world: ReturnType<typeof setUp>;
beforeEach(() => void (world = setUp()));

describe('failover', () => {
  test('the nearest answers; down, the next does; back, it does again after the probe', async () => {
    const { doing, asked, listen, clock } = world;
    expect(await listen()).toBe('from eu');
    doing['eu'] = down;
    for (let calls = 0; calls < LIMITS.llmBreakerFaults; calls++) expect(await listen()).toBe('from any');
    asked.length = 0;
    expect(await listen()).toBe('from any');
    expect(asked).toEqual(['any']); // the breaker is open: nobody waits for what is down
    doing['eu'] = fine('from eu again');
    expect(await listen()).toBe('from any');
    clock.nowMs += LIMITS.llmBreakerMsMax;
    expect(await listen()).toBe('from eu again');
    asked.length = 0;
    expect(await listen()).toBe('from eu again');
    expect(asked).toEqual(['eu']);
  });

  test('what may have passed is tried again after a pause, what may not goes to the next at once', async () => {
    const { doing, asked, listen, pauses } = world;
    doing['eu'] = status(503);
    expect(await listen()).toBe('from any');
    expect(asked).toEqual(['eu', 'eu', 'any']);
    expect(pauses).toEqual([0.5 * LIMITS.llmBackoffMs * 2]);
    asked.length = pauses.length = 0;
    doing['eu'] = status(401);
    expect(await listen()).toBe('from any');
    expect([asked, pauses]).toEqual([['eu', 'any'], []]);
  });

  test('Retry-After keeps everybody away for as long', async () => {
    const { doing, asked, listen, clock } = world;
    doing['eu'] = status(429, { 'retry-after': '120' });
    await listen();
    expect(asked).toEqual(['eu', 'any']);
    clock.nowMs += 119_000;
    await listen();
    expect(asked).toEqual(['eu', 'any', 'any']);
    clock.nowMs += 1_000;
    doing['eu'] = fine('from eu');
    expect(await listen()).toBe('from eu');
  });

  test('an answer that breaks off after a piece was given is not begun again elsewhere', async () => {
    const { model, doing, asked } = world;
    doing['eu'] = broken;
    const pieces: string[] = [];
    const all = (async () => {
      for await (const piece of model.stream(REQUEST, IN_EUROPE)) pieces.push(piece);
    })();
    await expect(all).rejects.toMatchObject({ absence: 'failed' });
    expect([pieces, asked]).toEqual([['Half a'], ['eu']]);
  });

  test('JSON of another shape is asked of the next: nobody has seen the first', async () => {
    const { model, doing, asked } = world;
    doing['eu'] = fine('{"a": 1}');
    doing['any'] = fine('{"b": 2}');
    const parse = (value: unknown) => {
      if (!('b' in (value as object))) throw new Error('no b');
      return value;
    };
    expect(await model.ask({ ...REQUEST, schema: { name: 's', schema: {} }, parse }, IN_EUROPE)).toEqual({ b: 2 });
    expect(asked).toEqual(['eu', 'any']);
  });
});

describe('what is not there', () => {
  test('no endpoint, all failed', async () => {
    const { doing, absence } = world;
    for (const name of Object.keys(doing)) doing[name] = status(500);
    expect(await absence()).toBe('failed');
    const none = openLanguageModel({ ...({} as Parameters<typeof openLanguageModel>[0]), endpoints: [] });
    await expect(Array.fromAsync(none.stream(REQUEST, IN_EUROPE))).rejects.toMatchObject({ absence: 'no-endpoint' });
    await expect(none.embed(['x'], IN_EUROPE)).rejects.toMatchObject({ absence: 'no-endpoint' });
  });

  test('a spent budget calls nobody; prefetches stop at half of it', async () => {
    const { absence, asked, listen } = setUp({ concurrency: 4, dailyTokens: 104 });
    expect(await absence({ ...IN_EUROPE, urgency: 'prefetch' })).toBe('from eu'); // reserves 52, of 104 half
    expect(await absence({ ...IN_EUROPE, urgency: 'prefetch' })).toBe('from any');
    expect(await listen()).toBe('from eu');
    asked.length = 0;
    const poor = setUp({ concurrency: 4, dailyTokens: 51 });
    expect(await poor.absence()).toBe('budget');
    expect(poor.asked).toEqual([]);
  });

  test('with every place taken it is busy', async () => {
    const { absence, doing } = setUp({ concurrency: 1, dailyTokens: 10_000 });
    const held = Promise.withResolvers<void>();
    for (const name of Object.keys(doing)) {
      const after = doing[name]!;
      doing[name] = async () => {
        await held.promise;
        return after();
      };
    }
    const running = [absence(), absence(), absence()];
    expect(await absence()).toBe('busy');
    held.resolve();
    expect((await Promise.all(running)).sort()).toEqual(['from any', 'from eu', 'from us']);
  });

  test('a gate that cannot be reached lets nothing through', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { gates, absence, asked } = world;
    gates.admit = () => Promise.reject(new Error('gone'));
    expect([await absence(), asked]).toEqual(['failed', []]);
    expect(warn).toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe('the account', () => {
  test('every call is recorded, with what it cost', async () => {
    const { doing, listen, records, gates } = world;
    doing['eu'] = status(400);
    await listen();
    expect(records).toEqual([
      {
        endpoint: 'eu',
        region: 'eu',
        operation: 'stream',
        urgency: 'waiting',
        result: 'fault',
        fault: 'status',
        status: 400,
        totalMs: 0,
        tokens: 0,
      },
      { endpoint: 'any', region: 'any', operation: 'stream', urgency: 'waiting', result: 'ok', firstMs: 0, totalMs: 0, tokens: 9 },
    ]);
    expect([gates.state('eu').spent.tokens, gates.state('any').spent.tokens]).toEqual([0, 9]);
    expect(gates.state('any').leases).toEqual({});
  });

  test('a caller that leaves frees its place and pays what was reserved', async () => {
    const { model, gates, records } = world;
    for await (const piece of model.stream(REQUEST, IN_EUROPE)) if (piece) break;
    expect(records).toMatchObject([{ result: 'abandoned' }]);
    expect(gates.state('eu')).toMatchObject({ leases: {}, breakers: {}, spent: { tokens: 52 } });
  });

  test('embeddings go to an endpoint that makes them', async () => {
    const { model, doing, asked } = world;
    doing['any'] = () => Response.json({ data: [{ index: 0, embedding: [0.5] }], usage: { total_tokens: 3 } });
    expect(await model.embed(['mug'], IN_EUROPE)).toEqual([Float32Array.of(0.5)]);
    expect(asked).toEqual(['any']);
  });
});

describe('a turn of a conversation', () => {
  const turnOf = (...deltas: object[]) =>
    stream(`${deltas.map((delta) => `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`).join('')}data: [DONE]\n\n`);
  const call = (index: number, fields: object) => ({ tool_calls: [{ index, ...fields }] });
  const tool = { name: 'search', description: 'finds', parameters: { type: 'object' } };

  function openTalker(answer: (init: RequestInit) => Response | Promise<Response>) {
    const gates = memoryGates();
    const records: CallRecord[] = [];
    const asked: { readonly url: string; readonly body: Record<string, unknown> }[] = [];
    const endpoints = parseEndpoints(
      JSON.stringify([
        { name: 'mute', region: 'r', url: 'http://mute', model: 'm' },
        { name: 'talks', region: 'r', url: 'http://talks', model: 'm', tools: true, priority: 1 },
        { name: 'too', region: 'r', url: 'http://too', model: 'm', tools: true, priority: 2 },
      ]),
      {},
    );
    const model = openLanguageModel({
      endpoints,
      gates,
      fetch: async (input, init) => {
        asked.push({ url: input as string, body: JSON.parse(init!.body as string) as Record<string, unknown> });
        return answer(init!);
      },
      nowMs: () => NOON_MS,
      random: () => 0.5,
      newId: () => crypto.randomUUID(),
      sleep: async () => undefined,
      record: (one) => void records.push(one),
      deadlines: { firstTextMs: 1_000, stallMs: 1_000, callMs: 1_000 },
    });
    const gone = new AbortController();
    const converse = (messages: readonly ChatMessage[] = REQUEST.messages) =>
      Array.fromAsync(model.converse({ ...REQUEST, messages, tools: [tool], signal: gone.signal }, IN_EUROPE));
    return { converse, gone, gates, records, asked };
  }

  test('is text and calls, put together of their pieces, of an endpoint that calls tools', async () => {
    const { converse, asked } = openTalker(() =>
      turnOf(
        { content: 'Let me ' },
        call(0, { id: 'c1', function: { name: 'search', arguments: '{"que' } }),
        { content: 'look.' },
        call(0, { function: { arguments: 'ry":"tea"}' } }),
        call(1, { function: { name: 'recommend' } }),
      ),
    );
    expect(await converse()).toEqual([
      'Let me ',
      'look.',
      { id: 'c1', name: 'search', arguments: '{"query":"tea"}' },
      { id: 'call-1', name: 'recommend', arguments: '' },
    ]);
    expect(asked.map(({ url }) => url)).toEqual(['http://talks/chat/completions']);
    expect(asked[0]!.body).toMatchObject({ tools: [{ type: 'function', function: tool }], stream: true });
  });

  test('is told what calls gave', async () => {
    const { converse, asked } = openTalker(() => turnOf({ content: 'A pot.' }));
    const calls = [{ id: 'c1', name: 'search', arguments: '{"query":"tea"}' }];
    await converse([...REQUEST.messages, { role: 'assistant', content: '', calls }, { role: 'tool', call: 'c1', content: '[]' }]);
    expect(asked[0]!.body['messages']).toEqual([
      { role: 'user', content: 'why?' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'search', arguments: '{"query":"tea"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '[]' },
    ]);
  });

  test.each([
    ['nothing', {}],
    ['a call of nothing', call(0, { function: { arguments: '{}' } })],
    ['arguments without an end', call(0, { function: { name: 'search', arguments: 'x'.repeat(LIMITS.llmAnswerChars) } })],
    ['a call at no place', { tool_calls: [{ index: -1 }] }],
  ])('that is %s is a fault', async (_what, delta) => {
    const { converse, records } = openTalker(() => turnOf(delta));
    await expect(converse()).rejects.toMatchObject({ absence: 'failed' });
    expect(records.every(({ result }) => result === 'fault')).toBe(true);
  });

  test('that nobody wants any more ends at once: no fault of the endpoint, no other is asked, and its place is free', async () => {
    const { converse, gone, gates, records, asked } = openTalker(
      ({ signal }) => new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error))),
    );
    const talking = converse();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    gone.abort(new Error('the client is gone'));
    await expect(talking).rejects.toThrow('the client is gone');
    expect(records).toMatchObject([{ endpoint: 'talks', result: 'abandoned' }]);
    expect([asked.length, gates.state('r').leases, gates.state('r').breakers]).toEqual([1, {}, {}]);
  });
});
