import { createTestHarness } from 'wrangler';
import { buildSnapshot } from '../../src/catalog/build.ts';
import { encodeJson, type SnapshotReference } from '../../src/catalog/manifest.ts';
import type { Artefacts } from '../../src/catalog/snapshot.ts';
import { POINTER_KEY } from '../../src/catalog/storage.ts';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { buildServingEncoder, encoderParameters } from '../../src/model/encoder.ts';
import { elements } from '../../src/model/graph.ts';
import { writeOnnx } from '../../src/model/onnx.ts';
import { makeShop, SHOP_ENCODER, type ShopOptions } from '../fixtures/shop.ts';
import { BUILD_FOLDER } from './build.ts';

/** The built Worker on a port of its own, with an empty store. */
export async function startWorker(vars: Record<string, string> = {}) {
  const server = createTestHarness({
    workers: [{ configPath: 'wrangler.toml', prebuiltWorkerDir: BUILD_FOLDER, vars }],
  });
  await server.listen();
  const { SNAPSHOTS } = await server.getWorker<{ SNAPSHOTS: KvForTests }>().getEnv();
  return { server, kv: SNAPSHOTS };
}

export interface KvForTests {
  get(key: string, type: 'arrayBuffer'): Promise<ArrayBuffer | null>;
  put(key: string, value: ArrayBuffer | Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

/** A shop whose encoder is a real one with random weights. */
export function makeServableShop(options: Omit<ShopOptions, 'encoder'> = {}): Artefacts {
  const { dims = 8, seed = 1 } = options;
  const config = { dims, ...SHOP_ENCODER };
  const random = seededRandom(seed);
  const weights = new Map(
    encoderParameters(config).map(({ name, shape }) => [name, Float32Array.from({ length: elements(shape) }, () => 0.3 * normal(random))]),
  );
  return makeShop({ ...options, encoder: writeOnnx(buildServingEncoder(config, weights)) });
}

/** Writes a version and makes it live, in the order in which `edgewise publish` does. */
export async function publishTo(
  kv: KvForTests,
  artefacts: Artefacts,
  nowMs: number,
  previous: SnapshotReference | null = null,
): Promise<SnapshotReference> {
  const { entries, reference } = await buildSnapshot(artefacts, nowMs);
  for (const { key, value } of entries) await kv.put(key, value);
  await kv.put(POINTER_KEY, encodeJson({ ...reference, previous }));
  return reference;
}
