import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A kernel of the Worker, compiled from the same file. */
export async function compileKernel(name: 'scan' | 'dense'): Promise<WebAssembly.Module> {
  return WebAssembly.compile(new Uint8Array(await readFile(fileURLToPath(new URL(`../kernel/${name}.wasm`, import.meta.url).href))));
}
