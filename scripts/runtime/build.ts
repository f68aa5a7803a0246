/** Writes `build/onnx-runtime.wasm`, which the Worker imports; `npm ci` does it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { count } from '../../src/cli/output.ts';
import { readRuntime } from '../../src/training/onnx-runtime.ts';

const TARGET = new URL('../../build/onnx-runtime.wasm', import.meta.url);

export async function buildRuntime(): Promise<void> {
  const bytes = await readRuntime();
  await mkdir(new URL('.', TARGET), { recursive: true });
  await writeFile(TARGET, bytes);
  console.log(`build/onnx-runtime.wasm: ${count(bytes.length)} bytes`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildRuntime();
