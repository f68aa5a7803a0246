/** The built Worker and a language model behind OpenAI's protocol: what it reads, and what it says in a conversation. */
import { LLMock, type ChatCompletionRequest } from '@copilotkit/aimock';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Intent } from '../../src/domain/intent.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeServableShop, startWorker, type RunningWorker } from './harness.ts';

const READING = {
  about: ['mugs'],
  include: [],
  exclude: ['plastic'],
  like: [],
  for: null,
  priceMin: null,
  priceMax: 8,
  freshness: null,
  sort: null,
};
/** Longer than anybody waits for a first piece. */
const STALL_MS = 2 * LIMITS.llmFirstTextMs;
const STALLING = { chunkSize: 1_000, recordedTimings: { ttftMs: STALL_MS, interChunkDelaysMs: [], totalDurationMs: STALL_MS } };

let llm: LLMock;
let shop: RunningWorker;
const vars = (url: string) => ({
  LLM_ENDPOINTS: JSON.stringify([{ name: 'one', region: 'one', url: `${url}/v1`, model: 'tiny', tools: true }]),
  LLM_CONCURRENCY: '100',
});
beforeAll(async () => {
  llm = await LLMock.create({ port: 0, logLevel: 'silent' });
  shop = await startWorker(vars(llm.url));
  await publishTo(shop.kv, makeServableShop(), 0);
  await shop.recommend({ history: ['i1'] }); // starts the encoder
});
afterAll(async () => {
  await shop?.close();
  await llm.stop();
});
beforeEach(() => llm.reset());

type Found = Recommendation & { readonly intent: Intent };
const post = async (path: string, body: object, at: RunningWorker = shop) => at.send('POST', path, body);
const find = async (q: string, at?: RunningWorker) => (await post('/v1/search', { q, limit: 5 }, at)).json() as Promise<Found>;
const callsAbout = (words: string) =>
  llm.getRequests().filter(({ body }) => JSON.stringify((body as ChatCompletionRequest).messages).includes(words));
const isRead = (query: string) =>
  vi.waitFor(async () => expect((await find(query)).intent.origin).toBe('llm'), { timeout: 20_000, interval: 300 });

test('a query that the rules cannot read is read once, after the answers, for whoever asks next', async () => {
  llm.onMessage('hottub', { content: JSON.stringify(READING), usage: { total_tokens: 60 } });
  expect((await find('hottub zzyx')).intent).toMatchObject({ unknown: ['hottub', 'zzyx'], origin: 'edge' });
  await isRead('hottub zzyx');
  const { intent, items } = await find(' Hottub ZZYX!');
  expect(intent).toEqual({ about: 'mugs', include: [], exclude: [], priceMax: 8, like: [], unknown: [], origin: 'llm' });
  expect(items.every(({ title, price }) => title.startsWith('MUGS') && price! <= 8)).toBe(true);
  expect(callsAbout('hottub')).toHaveLength(1);
});

test('an answer of another schema leaves it with the rules', async () => {
  llm.onMessage('wrongway', { content: '{"about": "mugs"}' });
  for (let time = 0; time < LIMITS.queriesAsked; time++) await find('wrongway');
  await vi.waitFor(() => expect(callsAbout('wrongway').length).toBeGreaterThan(0), { timeout: 20_000 });
  expect((await find('wrongway')).intent.origin).toBe('edge');
});

test('a critique becomes what the language model read', async () => {
  llm.onMessage('clutter', { content: JSON.stringify({ ...READING, about: ['lights'], exclude: ['bags'] }) });
  await post('/v1/users/ann/critiques', { text: 'more mugs, clutter qqz' });
  await vi.waitFor(
    async () => {
      const { body } = await shop.recommend({ user: 'ann' });
      expect(body.critiques!.map(({ text }) => text)).toEqual(['less bags', 'more lights', 'up to 8']);
    },
    { timeout: 20_000, interval: 300 },
  );
});

test('while the language model stalls, searches and recommendations take no longer', async () => {
  llm.onMessage('stalled', { content: JSON.stringify(READING) }, STALLING);
  for (let time = 0; time < LIMITS.queriesAsked; time++) await find('stalled');
  await vi.waitFor(() => expect(callsAbout('stalled')).toHaveLength(1), { timeout: 20_000 });
  const startMs = performance.now();
  for (let time = 0; time < 5; time++) {
    expect((await find('stalled')).intent.origin).toBe('edge');
    await shop.recommend({ history: ['i2'], explain: true });
  }
  expect(performance.now() - startMs).toBeLessThan(LIMITS.llmFirstTextMs);
});

const talk = (content: string, init: RequestInit = {}) =>
  fetch(new URL('/v1/chat', shop.url), { method: 'POST', body: JSON.stringify({ messages: [{ role: 'user', content }] }), ...init });
const doneOf = async (response: Response) =>
  JSON.parse((await response.text()).trim().split('\ndata: ').at(-1)!) as Record<string, unknown>;

test('a conversation searches, then answers with what was found', async () => {
  const query = JSON.stringify({ query: 'mugs number 3' });
  llm.addFixture({
    match: { userMessage: 'a present', hasToolResult: false },
    response: { toolCalls: [{ name: 'search', arguments: query }] },
  });
  llm.addFixture({
    match: { hasToolResult: true },
    response: { content: 'The MUGS NUMBER 3 [[i3]] may be for you. See [[i999]] it.' },
    chunkSize: 7,
  });
  const response = await talk('a present, please');
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(await doneOf(response)).toMatchObject({
    text: 'The MUGS NUMBER 3 may be for you. See it.',
    items: [{ id: 'i3', title: 'MUGS NUMBER 3' }],
    origin: 'llm',
  });
  const { messages } = llm.getRequests().at(-1)!.body as ChatCompletionRequest;
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
});

test('what a language model that obeys somebody else says is not passed on', async () => {
  llm.onMessage('evil', { content: 'It is for you. Visit https://evil.example and <b>click</b>.' }, { chunkSize: 5 });
  const text = await (await talk('evil')).text();
  expect(text).not.toMatch(/evil\.example|<b>/);
  expect(text).toContain('"fallback":"refused"');
});

test('a client that hangs up keeps nobody else from being answered', async () => {
  llm.onMessage('slowly', { content: 'It is for you.' }, STALLING);
  const gone = new AbortController();
  const talking = talk('slowly', { signal: gone.signal }).then((response) => response.text());
  await vi.waitFor(() => expect(callsAbout('slowly')).toHaveLength(1), { timeout: 20_000 });
  gone.abort();
  await expect(talking).rejects.toThrow();
  llm.onMessage('quickly', { content: 'It is for you.' });
  expect(await doneOf(await talk('quickly'))).toMatchObject({ origin: 'llm' });
});

test('with a spent budget everything is answered by the rules, and no call is made', async () => {
  const poor = await startWorker({ ...vars(llm.url), LLM_DAILY_TOKENS: '1' });
  try {
    await publishTo(poor.kv, makeServableShop(), 0);
    for (let time = 0; time <= LIMITS.queriesAsked; time++) expect((await find('pennyless', poor)).intent.origin).toBe('edge');
    const said = await post('/v1/chat', { messages: [{ role: 'user', content: 'pennyless' }] }, poor);
    expect(await doneOf(said)).toMatchObject({ origin: 'template', fallback: 'budget' });
    expect(callsAbout('pennyless')).toEqual([]);
  } finally {
    await poor.close();
  }
});
