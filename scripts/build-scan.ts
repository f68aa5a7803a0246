/** Assembles `src/kernel/scan.wat`; `npm run build:scan` writes the result beside it, a test holds the two together. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const SOURCE = new URL('../src/kernel/scan.wat', import.meta.url);
const TARGET = new URL('../src/kernel/scan.wasm', import.meta.url);

export const readScanSource = (): Promise<string> => readFile(SOURCE, 'utf8');

/** The bytes of a module with the features that the scan uses. Throws on text that is none. */
export async function assemble(text: string): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const module = parseWat('scan.wat', text, { simd: true, mutable_globals: true });
  try {
    module.validate();
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await assemble(await readScanSource());
  await writeFile(TARGET, bytes);
  console.log(`src/kernel/scan.wasm: ${bytes.length} bytes`);
}
