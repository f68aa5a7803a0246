/** What an endpoint may do wrong, one by one, against a mock of the protocol. */
import { LLMock, type FixtureOpts } from '@copilotkit/aimock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/domain/limits.ts';
import { askChat, streamChat } from '../../../src/llm/chat.ts';
import { embedTexts } from '../../../src/llm/embed.ts';
import type { Endpoint } from '../../../src/llm/endpoint.ts';
import { EndpointFault, parseRetryAfter } from '../../../src/llm/fault.ts';
import type { CallOptions } from '../../../src/llm/http.ts';

const PATIENT = { firstTextMs: 5_000, stallMs: 5_000, callMs: 5_000 };
const REQUEST = { messages: [{ role: 'user' as const, content: 'why these mugs?' }], tokensMax: 50, temperature: 0 };
const TEXT = 'They go with the teapot that you chose.';

let mock: LLMock;
let endpoint: Endpoint;
beforeEach(async () => {
  mock = new LLMock({ port: 0, logLevel: 'silent' });
  await mock.start();
  endpoint = {
    name: 'e',
    region: 'r',
    url: `${mock.url}/v1`,
    model: 'tiny',
    embeddingModel: 'vec',
    continents: [],
    countries: [],
    colos: [],
    priority: 0,
    tools: true,
    key: 'k3y',
  };
});
afterEach(() => mock.stop());

const options = (deadlines: Partial<CallOptions['deadlines']> = {}): CallOptions => ({
  fetch,
  nowMs: Date.now,
  deadlines: { ...PATIENT, ...deadlines },
});

/** All pieces of an answer, and what it cost or what went wrong. */
async function listen(deadlines: Partial<CallOptions['deadlines']> = {}, from: Endpoint = endpoint) {
  const pieces: string[] = [];
  const call = streamChat(from, REQUEST, options(deadlines));
  try {
    let next = await call.next();
    for (; !next.done; next = await call.next()) pieces.push(next.value);
    return { text: pieces.join(''), pieces, usage: next.value };
  } catch (fault) {
    if (!(fault instanceof EndpointFault)) throw fault;
    return { text: pieces.join(''), pieces, fault };
  }
}

const answer = (opts: FixtureOpts = {}, content = TEXT) => mock.onMessage('mugs', { content, usage: { total_tokens: 42 } }, opts);
/** Pieces of 10 characters that come so long after each other. */
const paced = (...interChunkDelaysMs: number[]): FixtureOpts => ({
  chunkSize: 10,
  recordedTimings: { ttftMs: 0, interChunkDelaysMs, totalDurationMs: interChunkDelaysMs.reduce((a, b) => a + b, 0) },
});

describe('a stream', () => {
  test('gives the pieces as they come, and what they cost', async () => {
    answer({ chunkSize: 7 });
    const { text, pieces, usage } = await listen();
    expect(text).toBe(TEXT);
    expect(pieces.length).toBeGreaterThan(3);
    expect(usage).toBe(42);
    expect(mock.getLastRequest()).toMatchObject({
      path: '/v1/chat/completions',
      body: { model: 'tiny', stream: true, max_tokens: 50, temperature: 0, stream_options: { include_usage: true } },
    });
  });

  test('whose first piece is late is given up, and not a moment before', async () => {
    answer({ chunkSize: 1_000, streamingProfile: { ttft: 400 } });
    expect((await listen({ firstTextMs: 150 })).fault).toMatchObject({ kind: 'late', isPassing: false });
    expect((await listen({ firstTextMs: 3_000 })).text).toBe(TEXT);
  });

  test('that stalls in the middle is given up; what came is kept by who listened', async () => {
    answer(paced(0, 0, 1_500, 0, 0, 0));
    const { text, fault } = await listen({ stallMs: 200 });
    expect(fault).toMatchObject({ kind: 'late' });
    expect(text.length).toBeGreaterThan(0);
    expect(TEXT.startsWith(text)).toBe(true);
  });

  test('that goes on and on is given up by the deadline of the whole', async () => {
    answer(paced(100, 100, 100, 100, 100, 100, 100));
    expect((await listen({ stallMs: 2_000, callMs: 250 })).fault).toMatchObject({ kind: 'late' });
  });

  test('that breaks off was interrupted', async () => {
    answer({ ...paced(0, 50, 50, 50, 50), truncateAfterChunks: 3 });
    const { text, fault } = await listen();
    expect(fault).toMatchObject({ kind: 'interrupted', isPassing: true });
    expect(text.length).toBeLessThan(TEXT.length);
  });

  test('of more than an answer may hold is cut off', async () => {
    answer({ chunkSize: 1_000 }, 'x'.repeat(LIMITS.llmAnswerChars));
    expect((await listen()).text).toHaveLength(LIMITS.llmAnswerChars);
    mock.clearFixtures();
    answer({ chunkSize: 1_000 }, 'x'.repeat(LIMITS.llmAnswerChars + 1));
    const { text, fault } = await listen();
    expect(fault).toMatchObject({ kind: 'too-long', isPassing: false });
    expect(text.length).toBeLessThanOrEqual(LIMITS.llmAnswerChars);
  });

  test('of nothing is no answer', async () => {
    answer({}, '');
    expect((await listen()).fault).toMatchObject({ kind: 'protocol' });
  });

  test.each([500, 502, 503])('status %i may pass', async (status) => {
    mock.nextRequestError(status, { message: 'overloaded' });
    expect((await listen()).fault).toMatchObject({ kind: 'status', status, isPassing: true });
  });

  test.each([400, 401, 404])('status %i does not', async (status) => {
    mock.nextRequestError(status, { message: 'no' });
    expect((await listen()).fault).toMatchObject({ kind: 'status', status, isPassing: false });
  });

  test('status 429 says how long to wait', async () => {
    mock.onMessage('mugs', { error: { message: 'slow down' }, status: 429, retryAfter: 7 });
    expect((await listen()).fault).toMatchObject({ status: 429, retryAfterMs: 7_000, isPassing: false });
  });

  test('malformed JSON is a fault of the protocol', async () => {
    answer({ chaos: { malformedRate: 1 } });
    const { fault, text } = await listen();
    expect([fault?.kind, text]).toEqual([expect.stringMatching(/protocol|interrupted/), '']);
  });

  test('a connection that drops, and one that nobody takes', async () => {
    answer({ chaos: { disconnectRate: 1 } });
    expect((await listen()).fault).toMatchObject({ isPassing: true });
    expect((await listen({}, { ...endpoint, url: 'http://127.0.0.1:9/v1' })).fault).toMatchObject({ kind: 'unreachable', isPassing: true });
  });
});

describe('JSON', () => {
  const parse = (value: unknown) => {
    if (typeof (value as { price?: unknown }).price !== 'number') throw new Error('no price');
    return (value as { price: number }).price;
  };
  const request = { ...REQUEST, schema: { name: 'intent', schema: { type: 'object' } }, parse };

  test('comes parsed', async () => {
    answer({ chunkSize: 3 }, '{"price": 20}');
    expect(await Array.fromAsync(askChat(endpoint, request, options()))).toEqual([20]);
    expect(mock.getLastRequest()!.body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'intent', strict: true, schema: { type: 'object' } } },
    });
  });

  test.each(['{"price": "cheap"}', '{"price": 20', 'Sure! {"price": 20}'])('that is not of the schema is a fault: %s', async (content) => {
    answer({}, content);
    await expect(Array.fromAsync(askChat(endpoint, request, options()))).rejects.toMatchObject({ kind: 'protocol', isPassing: false });
  });
});

describe('embeddings', () => {
  const embed = (texts: string[]) => Array.fromAsync(embedTexts(endpoint, texts, options()));

  test('come in the order of the texts', async () => {
    mock.onEmbedding('a mug', { embedding: [1, 2, 3] });
    expect(await embed(['a mug'])).toEqual([[Float32Array.of(1, 2, 3)]]);
    expect(mock.getLastRequest()).toMatchObject({ path: '/v1/embeddings', body: { model: 'vec' } });
  });

  test.each([
    ['not a list', { data: 'x' }],
    ['one too few', { data: [] }],
    ['no numbers', { data: [{ index: 0, embedding: ['x'] }] }],
    ['the wrong place', { data: [{ index: 1, embedding: [1] }] }],
  ])('that are %s are a fault', async (_, json) => {
    const fetch = async () => Response.json(json);
    await expect(Array.fromAsync(embedTexts(endpoint, ['a'], { ...options(), fetch }))).rejects.toMatchObject({ kind: 'protocol' });
  });

  test('of more bytes than an answer may have are cut off', async () => {
    const bytes = (count: number) => async () => new Response(' '.repeat(count - 2) + '[]');
    const fault = (count: number) =>
      Array.fromAsync(embedTexts(endpoint, ['a'], { ...options(), fetch: bytes(count) })).catch((cause: EndpointFault) => cause.kind);
    expect(await fault(LIMITS.llmAnswerBytes)).toBe('protocol');
    expect(await fault(LIMITS.llmAnswerBytes + 1)).toBe('too-long');
  });
});

test('Retry-After is seconds or a date, and no longer than we put up with', () => {
  const nowMs = Date.parse('2026-11-24T12:00:00Z');
  const parsed = ['3', 'Tue, 24 Nov 2026 12:00:05 GMT', 'Tue, 24 Nov 2026 11:00:00 GMT', 'soon', null].map((header) =>
    parseRetryAfter(header, nowMs),
  );
  expect(parsed).toEqual([3_000, 5_000, 0, undefined, undefined]);
  const [most] = [LIMITS.llmRetryAfterMs];
  expect([most, most + 1_000].map((ms) => parseRetryAfter(String(ms / 1_000), nowMs))).toEqual([most, most]);
});
