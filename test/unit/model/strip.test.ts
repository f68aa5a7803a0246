import { readFile } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import { assemble } from '../../../scripts/assemble.ts';
import { readCalls, reachedFrom } from '../../../scripts/runtime/call-graph.ts';
import { calledIn, instrument } from '../../../scripts/runtime/instrument.ts';
import { buildServingEncoder, ENCODER_IO, encoderParameters } from '../../../src/model/encoder.ts';
import { elements, Graph } from '../../../src/model/graph.ts';
import { writeOnnx } from '../../../src/model/onnx.ts';
import { keepFunctions, stripFunctions } from '../../../src/model/strip.ts';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { readRuntime, readWholeRuntime } from '../../../src/training/onnx-runtime.ts';

/** `double` calls `add`; `half` is called by nobody, `apply` only through the table. */
const SMALL = await assemble(`(module
  (type $unary (func (param i32) (result i32)))
  (global $unused (mut i32) (i32.const 7))
  (table 1 funcref) (elem (i32.const 0) $negate)
  (func $add (param i32 i32) (result i32) (local i64 i64 f32) local.get 0 local.get 1 i32.add)
  (func (export "double") (param i32) (result i32) local.get 0 local.get 0 call $add)
  (func (export "half") (param i32) (result i32) local.get 0 i32.const 2 i32.div_s)
  (func $negate (type $unary) i32.const 0 local.get 0 i32.sub)
  (func (export "apply") (param i32) (result i32) local.get 0 i32.const 0 call_indirect (type $unary)))`);
const [ADD, DOUBLE, HALF, NEGATE, APPLY] = [0, 1, 2, 3, 4];

type Functions = Record<'double' | 'half' | 'apply', (x: number) => number>;
const functionsOf = async (module: Uint8Array<ArrayBuffer>) =>
  (await WebAssembly.instantiate(module)).instance.exports as unknown as Functions;

describe('a module', () => {
  test('does as before with the functions that are kept, and traps at the others', async () => {
    const { double, half } = await functionsOf(stripFunctions(SMALL, keepFunctions([ADD, DOUBLE], 5)));
    expect(double(21)).toBe(42);
    expect(() => half(2)).toThrow(WebAssembly.RuntimeError);
  });

  test('is not stripped by what was traced of another', () => {
    expect(() => stripFunctions(SMALL, keepFunctions([], 9))).toThrow('the module has 5 functions');
  });

  test('tells which functions were called, whoever called them', async () => {
    const { module, functions } = instrument(SMALL);
    const { instance } = await WebAssembly.instantiate(module);
    const { double, apply } = instance.exports as unknown as Functions;
    expect(calledIn(instance, functions)).toEqual([]);
    expect(double(21)).toBe(42);
    expect(calledIn(instance, functions)).toEqual([ADD, DOUBLE]);
    expect(apply(5)).toBe(-5);
    expect(calledIn(instance, functions)).toEqual([ADD, DOUBLE, NEGATE, APPLY]);
  });

  test('keeps what is called by name, not what is called through the table', async () => {
    const calls = await readCalls(SMALL);
    expect(calls).toEqual([[], [ADD], [], [], []]);
    expect([...reachedFrom([DOUBLE, HALF], calls)].toSorted((a, b) => a - b)).toEqual([ADD, DOUBLE, HALF]);
  });
});

describe('ONNX Runtime', () => {
  test('is stripped to what the Worker imports', async () => {
    expect(Buffer.compare(await readRuntime(), await readFile('build/onnx-runtime.wasm')), 'run `npm run prepare`').toBe(0);
  });

  /** An isolate with a runtime of its own. */
  async function isolateWith(bytes: Uint8Array<ArrayBuffer>) {
    vi.resetModules();
    const { openInRuntime } = await import('../../../src/model/runtime.ts');
    const module = await WebAssembly.compile(bytes);
    return (onnx: Uint8Array) => openInRuntime(module, onnx);
  }

  test('computes the same bits as it does whole', async () => {
    const config = { dims: 48, blocks: 3, heads: 3, length: 50, hidden: 80 }; // none that was traced
    const random = seededRandom(3);
    const weights = new Map(
      encoderParameters(config).map(({ name, shape }) => [name, Float32Array.from({ length: elements(shape) }, () => normal(random) / 4)]),
    );
    const onnx = writeOnnx(buildServingEncoder(config, weights));
    const [stripped, whole] = [await isolateWith(await readRuntime()), await isolateWith(new Uint8Array((await readWholeRuntime()).bytes))];
    const [one, other] = [await stripped(onnx), await whole(onnx)];
    for (let rows = 1; rows <= config.length; rows++) {
      const data = Float32Array.from({ length: rows * config.dims }, () => normal(random));
      const given = { [ENCODER_IO.rows]: { data, shape: [rows, config.dims] } };
      expect(await one.run(given)).toEqual(await other.run(given));
    }
  });

  test('that is asked for an operator it lacks is given up with all its models, and another takes its place', async () => {
    const open = await isolateWith(await readRuntime());
    const doubled = await open(unary('Abs'));
    const given = { x: { data: new Float32Array([-3]), shape: [1] } };
    await expect(open(unary('Sinh'))).rejects.toThrow('ONNX Runtime stopped in the middle of a call (unreachable)');
    await expect(doubled.run(given)).rejects.toThrow('ONNX Runtime stopped');
    await doubled.release();
    expect(await (await open(unary('Abs'))).run(given)).toEqual(new Float32Array([3]));
  });

  function unary(op: string): Uint8Array {
    const graph = new Graph();
    const x = graph.input('x', ['N']);
    const y = { ...x, name: 'applied' };
    graph.nodes.push({ op, domain: '', inputs: [x], outputs: [y], attributes: {} });
    graph.output('y', y);
    return writeOnnx(graph);
  }
});
