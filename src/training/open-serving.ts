import { buildSnapshot } from '../catalog/build.ts';
import { loadSnapshot } from '../catalog/load.ts';
import type { Artefacts } from '../catalog/snapshot.ts';
import { createScanner } from '../kernel/scan.ts';
import { openModel } from '../model/open-model.ts';
import { Serving, type Engine } from '../recommend/serving.ts';
import { compileKernel } from './kernels.ts';
import { compileOnnxRuntime } from './onnx-runtime.ts';

/**
 * Publishes artefacts into a map in memory and opens them as a Worker does: the same int8 vectors, checksums, ONNX Runtime
 * and scan. What is measured on the result is what a user gets. `engine` may search the item vectors in another way.
 */
export async function openServing(artefacts: Artefacts, engine: Partial<Engine> = {}): Promise<Serving> {
  const { entries, reference } = await buildSnapshot(artefacts, 0);
  const stored = new Map(entries.map(({ key, value }) => [key, value]));
  const snapshot = await loadSnapshot({ read: async (key) => stored.get(key)?.slice().buffer ?? null }, reference);
  const serving = new Serving(snapshot, { ...(await loadEngine()), ...engine });
  await serving.startEncoder(0);
  return serving;
}

/** The engine of a Worker, its WebAssembly compiled from the same files. */
export async function loadEngine(): Promise<Engine> {
  const [scan, dense, onnxRuntime] = await Promise.all([compileKernel('scan'), compileKernel('dense'), compileOnnxRuntime()]);
  return { openScanner: (vectors) => createScanner(scan, vectors), openModel: (onnx) => openModel({ dense, onnxRuntime }, onnx) };
}
