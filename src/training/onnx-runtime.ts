/** The WebAssembly of ONNX Runtime as a Worker has it, for Node: what is evaluated runs on the very same module. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stripFunctions } from '../model/strip.ts';

/** Written by `npm run trace:runtime`: which functions are kept (base64 of bits), and of which build. */
export const KEPT_FUNCTIONS = new URL('../model/kept-functions.json', import.meta.url);

export interface KeptFunctionsFile {
  /** SHA-256 of the `.wasm` of onnxruntime-web. */
  readonly of: string;
  readonly kept: string;
}

/** The `.wasm` of the installed onnxruntime-web, whole. */
export async function readWholeRuntime(): Promise<{ bytes: Uint8Array; sha256: string }> {
  const bytes = await readFile(fileURLToPath(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')));
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** What the Worker gets: the same without what no model reaches. Rejects when another build is installed than was traced. */
export async function readRuntime(): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes, sha256 } = await readWholeRuntime();
  const { of, kept } = JSON.parse(await readFile(KEPT_FUNCTIONS, 'utf8')) as KeptFunctionsFile;
  if (of !== sha256) throw new Error('this onnxruntime-web is another build than was traced: run `npm run trace:runtime`');
  return stripFunctions(bytes, Buffer.from(kept, 'base64'));
}

export const compileOnnxRuntime = async () => WebAssembly.compile(await readRuntime());
