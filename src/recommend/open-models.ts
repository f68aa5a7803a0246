import type { LaterPart, Snapshot } from '../catalog/snapshot.ts';
import type { QuantizedMatrix } from '../kernel/quantize.ts';
import type { Scanner } from '../kernel/scan.ts';
import { sha256 } from '../kernel/sha256.ts';
import type { Model } from '../model/runtime.ts';
import type { VectorCandidates } from './vector-candidates.ts';

/** What computes: the runtime that opens models, and what searches item vectors. */
export interface Engine {
  readonly openModel: (onnx: Uint8Array) => Promise<Model>;
  /** Restores a recorded start of the runtime -> its models by the SHA-256 of their files; undefined once it has started. */
  readonly restoreStart?: (read: () => Promise<Uint8Array>) => Promise<ReadonlyMap<string, Model> | undefined>;
  readonly openScanner: (vectors: QuantizedMatrix) => Scanner;
  /** Finds the transformer's candidates in place of the scan. */
  readonly vectors?: Pick<VectorCandidates, 'nearest'>;
}

/** What models are opened from. */
export type ModelFiles = Pick<Snapshot, 'encoder' | 'ranker' | 'start'>;

/** The two models of a version, ready to run. */
export interface OpenedModels {
  readonly encoder: Model;
  readonly ranker: Model;
}

/**
 * Opens both models of a version, out of its recorded start where that can be done: their files are not even read then. `startFault`
 * says why it could not although there is one. Rejects where a model cannot be read or opened at all.
 */
export async function openModels(files: ModelFiles, engine: Engine): Promise<{ models: OpenedModels; startFault?: string | undefined }> {
  const { models, fault } = await restoreModels(files, engine);
  if (models) return { models };
  const [encoder, ranker] = await Promise.all([files.encoder.read(), files.ranker.read()]);
  return { models: { encoder: await engine.openModel(encoder), ranker: await engine.openModel(ranker) }, startFault: fault };
}

/** Neither models nor a fault where no start is recorded, or the runtime has started. */
async function restoreModels(
  { start, encoder, ranker }: ModelFiles,
  { restoreStart }: Engine,
): Promise<{ models?: OpenedModels; fault?: string }> {
  if (!start || !restoreStart) return {};
  try {
    const restored = await restoreStart(start.read);
    if (!restored) return {};
    const models = { encoder: restored.get(await digestOf(encoder)), ranker: restored.get(await digestOf(ranker)) };
    if (!models.encoder || !models.ranker) return { fault: 'the recorded start is of other models' };
    return { models: { encoder: models.encoder, ranker: models.ranker } };
  } catch (cause) {
    return { fault: cause instanceof Error ? cause.message : String(cause) };
  }
}

const digestOf = async (part: LaterPart) => part.sha256 ?? sha256(await part.read());
