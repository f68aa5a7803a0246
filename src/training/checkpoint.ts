import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingState } from './train-encoder.ts';

const FILE = 'checkpoint.bin';
const ARRAYS = ['weights', 'moment1', 'moment2', 'bestWeights'] as const;
const NUMBERS = ['epoch', 'step', 'bestNdcg10', 'bestEpoch'] as const;

/** What a checkpoint must agree on with the run that goes on from it: a fingerprint of data, split and configuration. */
export type RunKey = string;

/**
 * Saves where training stands: a line of JSON, then the arrays as float32. Written aside and renamed, so that there is
 * always a whole checkpoint or none.
 */
export async function saveCheckpoint(folder: string, key: RunKey, state: TrainingState): Promise<void> {
  const header = { key, length: state.weights.length, ...Object.fromEntries(NUMBERS.map((name) => [name, state[name]])) };
  const arrays = ARRAYS.map((name) => Buffer.from(state[name].buffer, state[name].byteOffset, state[name].byteLength));
  const path = join(folder, FILE);
  await writeFile(`${path}.new`, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...arrays]));
  await rename(`${path}.new`, path);
}

/** Reads a checkpoint; undefined if there is none. Throws if it is of another run or not whole. */
export async function loadCheckpoint(folder: string, key: RunKey): Promise<TrainingState | undefined> {
  const bytes = await readFile(join(folder, FILE)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (!bytes) return undefined;
  const headerEnd = bytes.indexOf('\n');
  const notWhole = new Error(`the checkpoint in ${folder} is not whole: leave out --resume`);
  if (headerEnd < 0) throw notWhole;
  const header = JSON.parse(bytes.subarray(0, headerEnd).toString()) as Record<(typeof NUMBERS)[number] | 'length', number> & {
    key: RunKey;
  };
  if (header.key !== key)
    throw new Error(`the checkpoint in ${folder} is of other data or options: leave out --resume, or use another --out`);
  if (bytes.length !== headerEnd + 1 + ARRAYS.length * header.length * 4) throw notWhole;
  const array = (at: number) => {
    const from = headerEnd + 1 + at * header.length * 4;
    return new Float32Array(new Uint8Array(bytes.subarray(from, from + header.length * 4)).buffer);
  };
  return {
    ...(Object.fromEntries(NUMBERS.map((name) => [name, header[name]])) as Pick<TrainingState, (typeof NUMBERS)[number]>),
    ...(Object.fromEntries(ARRAYS.map((name, at) => [name, array(at)])) as Pick<TrainingState, (typeof ARRAYS)[number]>),
  };
}

export async function removeCheckpoint(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true });
}
