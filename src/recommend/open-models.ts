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
 * Opens both models of a version, out of its recorded start where they are in it: their files are not even read then. `startFault`
 * says why nothing came out of it although there is one. Rejects where a model cannot be read or opened at all.
 */
export async function openModels(files: ModelFiles, engine: Engine): Promise<{ models: OpenedModels; startFault?: string | undefined }> {
  const { restored, fault } = await restoreModels(files, engine);
  const open = async (part: LaterPart) => restored?.get(await digestOf(part)) ?? engine.openModel(await part.read());
  return { models: { encoder: await open(files.encoder), ranker: await open(files.ranker) }, startFault: fault };
}

/** Neither models nor a fault where no start is recorded, or the runtime has started. */
async function restoreModels(
  { start, ranker }: ModelFiles,
  { restoreStart }: Engine,
): Promise<{ restored?: ReadonlyMap<string, Model> | undefined; fault?: string }> {
  if (!start || !restoreStart) return {};
  try {
    const restored = await restoreStart(start.read);
    const fits = !restored || restored.has(await digestOf(ranker));
    return fits ? { restored } : { restored, fault: 'the recorded start is of other models' };
  } catch (cause) {
    return { fault: cause instanceof Error ? cause.message : String(cause) };
  }
}

const digestOf = async (part: LaterPart) => part.sha256 ?? sha256(await part.read());
