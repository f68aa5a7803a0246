import { beforeAll, describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { openDense } from '../../../src/model/dense/open.ts';
import { Graph, type Tensor } from '../../../src/model/graph.ts';
import { writeOnnx } from '../../../src/model/onnx.ts';
import { openInRuntime } from '../../../src/model/runtime.ts';
import { compileKernel } from '../../../src/training/kernels.ts';
import { compileOnnxRuntime } from '../../../src/training/onnx-runtime.ts';

let dense: WebAssembly.Module;
let onnxRuntime: WebAssembly.Module;
beforeAll(async () => {
  [dense, onnxRuntime] = await Promise.all([compileKernel('dense'), compileOnnxRuntime()]);
});

const COLUMNS = 8;
const random = seededRandom(2);
const numbers = (count: number) => Float32Array.from({ length: count }, () => normal(random));

/** A graph over `rows` [L, 8]. */
function graphOf(make: (graph: Graph, rows: Tensor) => Tensor): Uint8Array {
  const graph = new Graph();
  graph.output('user', make(graph, graph.input('rows', ['L', COLUMNS])));
  return writeOnnx(graph);
}

const square = (graph: Graph) => graph.weights(numbers(64), [8, 8]);
const row = (graph: Graph) => graph.weights(numbers(8), [8]);

describe.each<[string, (graph: Graph, rows: Tensor) => Tensor]>([
  ['products and what is added to them', (graph, rows) => graph.add(graph.matmul(rows, square(graph)), row(graph))],
  ['a product with itself', (graph, rows) => graph.matmul(rows, rows, { b: true })],
  ['a scale', (graph, rows) => graph.mul(rows, graph.scalar(3))],
  ['a row before a matrix', (graph, rows) => graph.add(row(graph), rows)],
  ['a bend', (graph, rows) => graph.relu(rows)],
  ['a norm', (graph, rows) => graph.layerNorm(rows, row(graph), row(graph), 0.1)],
  ['shares', (graph, rows) => graph.softmax(graph.matmul(rows, rows, { b: true }))],
  ['the newest row', (graph, rows) => graph.last(rows, 0, graph.integers([1]), 1)],
  [
    'as many of stored rows and columns as there are rows',
    (graph, rows) => {
      const length = graph.size(rows, 0);
      const stored = graph.last(graph.last(graph.weights(numbers(144), [12, 12]), 0, length, 'L'), 1, length, 'L');
      return graph.add(graph.matmul(rows, rows, { b: true }), stored);
    },
  ],
  [
    'a value that is read twice, and late',
    (graph, rows) => {
      const kept = graph.matmul(rows, square(graph));
      let x = graph.relu(kept);
      for (let at = 0; at < 6; at++) x = graph.add(graph.matmul(x, square(graph)), row(graph));
      return graph.add(graph.add(x, kept), rows);
    },
  ],
])('%s', (_, make) => {
  test('are as in ONNX Runtime, in any order of sizes', async () => {
    const onnx = graphOf(make);
    const model = openDense(dense, onnx)!;
    const wanted = await openInRuntime(onnxRuntime, onnx);
    for (const length of [5, 1, 12, 2, 7, 12, 1]) {
      const inputs = { rows: { data: numbers(length * COLUMNS), shape: [length, COLUMNS] } };
      const [found, expected] = [await model.run(inputs), await wanted.run(inputs)];
      expect(found).toHaveLength(expected.length);
      for (let at = 0; at < found.length; at++)
        expect(Math.abs(found[at]! - expected[at]!)).toBeLessThan(1e-4 * (1 + Math.abs(expected[at]!)));
    }
  });
});

describe('is left to ONNX Runtime', () => {
  test.each<[string, (graph: Graph, rows: Tensor) => Tensor]>([
    ['an operator that there is no kernel for', (graph, rows) => graph.tanh(rows)],
    ['a product whose width does not fill vectors', (graph, rows) => graph.matmul(rows, graph.weights(numbers(24), [8, 3]))],
    ['a product element by element', (graph, rows) => graph.mul(rows, rows)],
    ['a sum with a column', (graph, rows) => graph.add(rows, graph.sum(rows, [1]))],
    [
      'a norm of rows that do not fill vectors',
      (graph, rows) => graph.layerNorm(graph.matmul(rows, rows, { b: true }), row(graph), row(graph)),
    ],
    ['what is computed with columns out of a matrix', (graph, rows) => graph.relu(graph.last(rows, 1, graph.integers([4]), 4))],
  ])('%s', (_, make) => {
    expect(openDense(dense, graphOf(make))).toBeUndefined();
  });

  test('an input with a batch', () => {
    const graph = new Graph();
    graph.output('y', graph.relu(graph.input('x', ['B', 'L', 4])));
    expect(openDense(dense, writeOnnx(graph))).toBeUndefined();
  });
});

test('bytes that are no model are refused', () => {
  expect(() => openDense(dense, Uint8Array.of(1, 2, 3))).toThrow(/not an ONNX model/);
});

test('other inputs than it takes are refused', async () => {
  const model = openDense(
    dense,
    graphOf((graph, rows) => graph.relu(rows)),
  )!;
  const data = new Float32Array(16);
  await expect(model.run({ x: { data, shape: [2, 8] } })).rejects.toThrow(/takes rows, and was given x/);
  await expect(model.run({ rows: { data, shape: [4, 4] } })).rejects.toThrow(/takes rows/);
  await expect(model.run({})).rejects.toThrow(/takes rows/);
});
