/** The built Worker, its queue, and a language model's endpoint without a model. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startStandIn, type StandIn } from '../../scripts/llm-stand-in.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeServableShop, startWorker, type RunningWorker } from './harness.ts';

let endpoint: StandIn;
let shop: RunningWorker;
beforeAll(async () => {
  endpoint = await startStandIn();
  shop = await startWorker({ LLM_ENDPOINTS: JSON.stringify([{ name: 'dev', region: 'dev', url: endpoint.url, model: 'any' }]) });
  await publishTo(shop.kv, makeServableShop(), 0);
  await shop.recommend({ history: ['i1'] }); // starts the encoder
});
afterAll(async () => {
  await shop?.close();
  await endpoint.close();
});

test('what an active user is recommended is put in order behind an answer, and a later one says by how much', async () => {
  await shop.record(...['i7', 'i20', 'i31'].map((item) => ({ id: `click on ${item}`, user: 'ann', item, type: 'click' })));
  const ask = async () => (await shop.recommend({ user: 'ann', explain: 'debug', overrides: { reranking: true } })).body.debug!;
  expect(await ask()).not.toHaveProperty('reranking');
  const { reranking } = await vi.waitFor(
    async () => {
      const debug = await ask();
      expect(debug).toHaveProperty('reranking');
      return debug;
    },
    { timeout: 20_000, interval: 500 },
  );
  expect(reranking!.map(({ factor }) => factor)).toHaveLength(LIMITS.rerankedItems);
  expect([reranking![0]!.factor, reranking!.at(-1)!.factor]).toEqual([LIMITS.rerankingFactor, 1 / LIMITS.rerankingFactor]);
  expect(endpoint.calls()).toBe(LIMITS.rerankingOrders);
});
