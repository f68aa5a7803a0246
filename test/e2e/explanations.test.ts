/** The built Worker and a language model behind OpenAI's protocol. */
import { LLMock, type ChatCompletionRequest } from '@copilotkit/aimock';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { LIMITS } from '../../src/domain/limits.ts';
import type { RecommendedItem } from '../../src/domain/recommendation.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeServableShop, startWorker, type RunningWorker } from './harness.ts';

const TEXT = 'It goes well with the thing that you chose. People often like both.';
/** Longer than anybody waits for a first piece. */
const STALL_MS = 2 * LIMITS.llmFirstTextMs;
const HISTORY = { history: ['i3'], limit: 10, explain: true };

let near: LLMock;
let far: LLMock;
let shop: RunningWorker;
beforeAll(async () => {
  [near, far] = await Promise.all([LLMock.create({ port: 0, logLevel: 'silent' }), LLMock.create({ port: 0, logLevel: 'silent' })]);
  shop = await startWorker({
    LLM_ENDPOINTS: JSON.stringify([
      { name: 'far', region: 'far', url: `${far.url}/v1`, model: 'tiny', priority: 2 },
      { name: 'near', region: 'near', url: `${near.url}/v1`, model: 'tiny', priority: 1, keySecret: 'LLM_KEY' },
    ]),
    LLM_KEY: 's3cret',
    LLM_CONCURRENCY: '100',
  });
  await publishTo(shop.kv, makeServableShop(), 0);
  await shop.recommend({ history: ['i1'] }); // starts the encoder
});
afterAll(async () => {
  await shop?.close();
  await Promise.all([near.stop(), far.stop()]);
});
beforeEach(() => {
  for (const mock of [near, far]) {
    mock.reset();
    mock.onMessage(/./, { content: TEXT, usage: { total_tokens: 60 } }, { chunkSize: 12 });
  }
});

const explain = (id: string, accept = 'application/json') =>
  fetch(new URL(`/v1/explanations/${encodeURIComponent(id)}`, shop.url), { headers: { accept } });
/** Requests that name this item as the one to be explained. */
const callsAbout = (mock: LLMock, title: string) =>
  mock
    .getRequests()
    .filter(({ body }) => JSON.stringify((body as ChatCompletionRequest).messages).includes(`"recommended\\":{\\"title\\":\\"${title}\\"`));

async function lastOf(request: object = HISTORY): Promise<RecommendedItem & { explanationId: string }> {
  const { body } = await shop.recommend(request);
  return body.items.at(-1) as RecommendedItem & { explanationId: string };
}

test('two clients share one call, by server-sent events and as JSON; then answers hold the text', async () => {
  const item = await lastOf();
  expect(item).not.toHaveProperty('explanation');
  near.prependFixture({ match: { userMessage: item.title }, response: { content: TEXT }, chunkSize: 12, latency: 50 });
  const [events, json] = await Promise.all([
    explain(item.explanationId, 'text/event-stream').then((response) => response.text()),
    explain(item.explanationId).then((response) => response.json()),
  ]);
  expect(json).toEqual({ id: item.explanationId, text: TEXT, origin: 'llm' });
  expect(events).toMatch(/^event: sentence\ndata: \{"text":"It goes well/);
  expect(events.trim().split('\n\n').at(-1)).toBe(`event: done\ndata: ${JSON.stringify(json)}`);
  expect(callsAbout(near, item.title)).toHaveLength(1);
  await vi.waitFor(async () => expect(await lastOf()).toMatchObject({ explanation: TEXT }));
  expect(callsAbout(near, item.title)).toHaveLength(1);
});

test('the top of an answer that is given often is written ahead through the queue', async () => {
  const request = { ...HISTORY, history: ['i20'], limit: 3 };
  const first = async () => (await shop.recommend(request)).body.items[0]!;
  for (let time = 0; time < LIMITS.explanationsAsked; time++) expect(await first()).not.toHaveProperty('explanation');
  await vi.waitFor(async () => expect(await first()).toMatchObject({ explanation: TEXT }), { timeout: 20_000, interval: 500 });
});

test('the nearest endpoint down, the next one answers', async () => {
  near.clearFixtures();
  near.onMessage(/./, { error: { message: 'down' }, status: 500 });
  const item = await lastOf({ ...HISTORY, history: ['i30'] });
  expect(await (await explain(item.explanationId)).json()).toMatchObject({ text: TEXT, origin: 'llm' });
  expect(callsAbout(far, item.title)).toHaveLength(1);
});

test('an endpoint that stalls is given up by its deadline, and with no other the reason is worded', async () => {
  far.clearFixtures();
  far.onMessage(/./, { error: { message: 'down' }, status: 500 });
  near.clearFixtures();
  near.onMessage(
    /./,
    { content: TEXT },
    { chunkSize: 1_000, recordedTimings: { ttftMs: STALL_MS, interChunkDelaysMs: [], totalDurationMs: STALL_MS } },
  );
  const item = await lastOf({ ...HISTORY, history: ['i10'] });
  const startMs = performance.now();
  expect(await (await explain(item.explanationId)).json()).toMatchObject({
    text: item.reason.text,
    origin: 'template',
    fallback: 'failed',
  });
  expect(performance.now() - startMs).toBeLessThan(STALL_MS);
});
