import { assemble } from '../scripts/assemble.ts';
import { readKernelSource } from '../scripts/build-kernels.ts';
import { quantizeRows } from '../src/kernel/quantize.ts';
import { normal, seededRandom } from '../src/kernel/random.ts';
import { scannerOver, type ScanExports } from '../src/kernel/scan.ts';
import { EXECUTED, instrument } from './instrument.ts';
import { parseWat, printWat } from './wat.ts';

const DIMS = 64;
const TOP = 200;

/** WebAssembly instructions that one scan for the best `TOP` of `items` rows executes, and the exact products of those it found; rows and query are always the same. */
export async function countScan(items: number): Promise<{ readonly nearest: number; readonly products: number }> {
  const bytes = await assemble(printWat(instrument(parseWat(await readKernelSource('scan')))));
  const exports = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes))).exports as unknown as ScanExports & {
    readonly [EXECUTED]: WebAssembly.Global<'i64'>;
  };
  const random = seededRandom(items);
  const scanner = scannerOver(
    exports,
    quantizeRows(
      Float32Array.from({ length: items * DIMS }, () => normal(random)),
      items,
      DIMS,
    ),
  );
  const query = Float32Array.from({ length: DIMS }, () => normal(random));
  const counted = (action: () => void) => {
    exports[EXECUTED].value = 0n;
    action();
    return Number(exports[EXECUTED].value);
  };
  let found: Int32Array = new Int32Array();
  const nearest = counted(() => (found = scanner.nearest(query, TOP)));
  return { nearest, products: counted(() => scanner.products(query, found)) };
}
