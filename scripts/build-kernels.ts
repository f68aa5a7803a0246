/** Assembles the kernels of `src/kernel/*.wat`; `npm run build:kernels` writes each result beside its source, tests hold the two together. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { assemble } from './assemble.ts';

export const KERNELS = ['scan', 'dense'] as const;
export type Kernel = (typeof KERNELS)[number];

const fileOf = (kernel: Kernel, extension: 'wat' | 'wasm') => new URL(`../src/kernel/${kernel}.${extension}`, import.meta.url);

export const readKernelSource = (kernel: Kernel): Promise<string> => readFile(fileOf(kernel, 'wat'), 'utf8');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kernel of KERNELS) {
    const bytes = await assemble(await readKernelSource(kernel));
    await writeFile(fileOf(kernel, 'wasm'), bytes);
    console.log(`src/kernel/${kernel}.wasm: ${bytes.length} bytes`);
  }
}
