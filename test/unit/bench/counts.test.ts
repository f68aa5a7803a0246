import { describe, expect, it } from 'vitest';
import { countGraph } from '../../../bench/count-graph.ts';
import { countScan } from '../../../bench/count-scan.ts';
import { EXECUTED, instrument } from '../../../bench/instrument.ts';
import { parseWat, printWat } from '../../../bench/wat.ts';
import { assemble } from '../../../scripts/assemble.ts';
import { readKernelSource } from '../../../scripts/build-kernels.ts';
import { Graph } from '../../../src/model/graph.ts';

/** Counts down from `n` to 0: 2 instructions around, 6 a turn and 2 in the last; one more in the branch that odd turns take. */
const COUNTDOWN = `(module ;; a comment (with a bracket
  (func (export "run") (param $n i32) (result i32) (local $odd i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (if (i32.and (local.get $n) (i32.const 1)) (then (local.set $odd (i32.add (local.get $odd) (i32.const 1)))))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $odd)))`;

async function open(text: string) {
  const module = new WebAssembly.Module(Uint8Array.from(await assemble(text)));
  return new WebAssembly.Instance(module).exports as { run(n: number): number; executed: WebAssembly.Global<'i64'> };
}

describe('instrument', () => {
  it('counts each instruction as often as it is executed', async () => {
    const { run, [EXECUTED]: executed } = await open(printWat(instrument(parseWat(COUNTDOWN))));
    const countOf = (n: number) => {
      executed.value = 0n;
      expect(run(n)).toBe(Math.ceil(n / 2));
      return Number(executed.value);
    };
    const fixed = 1 + 1 + 3 + 1; // block, loop, the branch out, the result
    const turn = 3 + 4 + 4 + 1; // the branch not taken, the condition, one less, again
    expect(countOf(0)).toBe(fixed);
    expect(countOf(1)).toBe(fixed + turn + 4);
    expect(countOf(4)).toBe(fixed + 4 * turn + 2 * 4);
  });

  it('refuses a block inside an expression, which need not be executed as a whole', () => {
    const nested = '(module (func (drop (block (result i32) (i32.const 1)))))';
    expect(() => instrument(parseWat(nested))).toThrow('block stands inside an expression');
  });
});

describe('parseWat', () => {
  it('reads what it prints, and the scan as what it was', async () => {
    const source = await readKernelSource('scan');
    const list = parseWat(source);
    expect(parseWat(printWat(list))).toEqual(list);
    expect(await assemble(printWat(list))).toEqual(await assemble(source));
  });

  it.each(['(module', '(module))', '(a) (b)', 'module'])('refuses %s', (text) => {
    expect(() => parseWat(text)).toThrow(SyntaxError);
  });
});

describe('countScan', () => {
  it('is the same in every run, and grows with the rows: each takes part of an instruction more than its products', async () => {
    const [few, again, many] = [await countScan(1_000), await countScan(1_000), await countScan(5_000)];
    expect(again).toEqual(few);
    const aRow = (many.nearest - few.nearest) / 4_000;
    expect(aRow).toBeGreaterThan(4 * 7); // 4 loads, 8 widenings, 8 products, 7 additions, with what they read
    expect(aRow).toBeLessThan(100);
    expect(many.products).toBe(few.products);
  });
});

describe('countGraph', () => {
  const graph = new Graph();
  const rows = graph.input('rows', ['L', 8]);
  const narrow = graph.matmul(rows, graph.weights(new Float32Array(8 * 3), [8, 3])); // [L, 3], 8 each
  const square = graph.matmul(narrow, narrow, { b: true }); // [L, L], 3 each
  graph.output('out', graph.relu(graph.matmul(square, narrow, { a: true }))); // [L, 3], L each

  it('multiplies the elements of a product by what is added up for each', () => {
    expect(countGraph(graph, { L: 5 })).toEqual({ multiplications: 15 * 8 + 25 * 3 + 15 * 5, elements: 15 + 15, operators: 5 });
  });

  it('refuses a size without a number', () => {
    expect(() => countGraph(graph, {})).toThrow('nothing says how large L is');
  });
});
