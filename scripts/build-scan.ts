/** Assembles `src/kernel/scan.wat`; `npm run build:scan` writes the result beside it, a test holds the two together. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { assemble } from './assemble.ts';

const SOURCE = new URL('../src/kernel/scan.wat', import.meta.url);
const TARGET = new URL('../src/kernel/scan.wasm', import.meta.url);

export const assembleScan = async () => assemble(await readFile(SOURCE, 'utf8'));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await assembleScan();
  await writeFile(TARGET, bytes);
  console.log(`src/kernel/scan.wasm: ${bytes.length} bytes`);
}
