import { createTestHarness } from 'wrangler';
import { QUIET_WRANGLER } from '../../src/cli/kv.ts';
import type { Artefacts } from '../../src/catalog/snapshot.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { buildServingEncoder, encoderParameters } from '../../src/model/encoder.ts';
import { FEATURE_COUNT } from '../../src/model/features.ts';
import { elements } from '../../src/model/graph.ts';
import { buildServingRanker, rankerParameters } from '../../src/model/ranker.ts';
import { writeOnnx } from '../../src/model/onnx.ts';
import type { KvForTests } from '../fixtures/publish.ts';
import { makeShop, SHOP_ENCODER, type ShopOptions } from '../fixtures/shop.ts';
import { BUILD_FOLDER } from './build.ts';

/** The built Worker on a port of its own, cold, with an empty store. Starting one takes seconds: a file of tests shares it. */
export async function startWorker(vars: Record<string, string> = {}) {
  Object.assign(process.env, QUIET_WRANGLER, { WRANGLER_LOG: 'warn' });
  const server = createTestHarness({
    workers: [{ configPath: 'wrangler.toml', prebuiltWorkerDir: BUILD_FOLDER, vars: { ACCESS: 'open', ...vars } }],
  });
  const { url } = await server.listen();
  const { SNAPSHOTS: kv } = await server.getWorker<{ SNAPSHOTS: KvForTests }>().getEnv();
  const worker = server.getWorker();
  await worker.applyD1Migrations('FEEDBACK');

  async function call(path: string, init?: RequestInit) {
    const response = await fetch(new URL(path, url), init);
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
  return {
    url,
    kv,
    get: call,
    recommend: async (request: object) => {
      const { body, ...rest } = await call('/v1/recommendations', { method: 'POST', body: JSON.stringify(request) });
      return { ...rest, body: body as Recommendation };
    },
    record: (...interactions: readonly object[]) => call('/v1/interactions', { method: 'POST', body: JSON.stringify({ interactions }) }),
    /** Sends to the interface. */
    send: (method: string, path: string, body?: object) =>
      fetch(new URL(path, url), { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    /** Lets a trigger of `wrangler.toml` go off. */
    cron: (cron: string) => worker.scheduled({ cron, scheduledTime: new Date() }),
    /** Takes a user's session out of memory. */
    evict: (user: string) => worker.evictDurableObject('SessionObject', { name: user }),
    /** What the Worker wrote to its console. */
    logs: () => server.getLogs(),
    close: () => server.close(),
  };
}

export type RunningWorker = Awaited<ReturnType<typeof startWorker>>;

const PLAIN_FEATURES = { mean: new Float32Array(FEATURE_COUNT), deviation: new Float32Array(FEATURE_COUNT).fill(1) };

/** A shop whose encoder and ranker are real ones with random weights. */
export function makeServableShop(options: Omit<ShopOptions, 'encoder'> = {}): Artefacts {
  const { dims = 8, seed = 1 } = options;
  const config = { dims, ...SHOP_ENCODER };
  const random = seededRandom(seed);
  const weights = new Map(
    encoderParameters(config).map(({ name, shape }) => [name, Float32Array.from({ length: elements(shape) }, () => 0.3 * normal(random))]),
  );
  const rankerWeights = new Map(
    rankerParameters().map(({ name, shape }) => [name, Float32Array.from({ length: elements(shape) }, () => 0.5 * normal(random))]),
  );
  return {
    ...makeShop({ ...options, encoder: writeOnnx(buildServingEncoder(config, weights)) }),
    ranker: writeOnnx(buildServingRanker(PLAIN_FEATURES, rankerWeights)),
  };
}
