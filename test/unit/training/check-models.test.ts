import { beforeAll, describe, expect, test } from 'vitest';
import { FEATURE_COUNT } from '../../../src/model/features.ts';
import { Graph, type Tensor } from '../../../src/model/graph.ts';
import { writeOnnx } from '../../../src/model/onnx.ts';
import type { Engine } from '../../../src/recommend/serving.ts';
import { checkModels } from '../../../src/training/check-models.ts';
import { loadEngine } from '../../../src/training/open-serving.ts';
import { makeShop } from '../../fixtures/shop.ts';
import { sumTrees, treeEnsembleOnnx, type TreeNode } from '../../fixtures/tree-ensemble.ts';

const DIMS = 8;
const MODEL = makeShop({ dims: DIMS }).model;

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

/** One input, and what `build` makes of it. */
function onnx(name: string, shape: readonly (number | string)[], build: (graph: Graph, input: Tensor) => Tensor): Uint8Array {
  const graph = new Graph();
  graph.output('out', build(graph, graph.input(name, [...shape])));
  return writeOnnx(graph);
}

const newest = (graph: Graph, rows: Tensor) => graph.last(rows, 0, graph.integers([1]), 1); // [L, d] -> [1, d]
const total = (graph: Graph, features: Tensor) =>
  graph.matmul(features, graph.weights(new Float32Array(FEATURE_COUNT).fill(0.5), [FEATURE_COUNT, 1]));
const ENCODER = onnx('rows', ['L', DIMS], newest);
const RANKER = onnx('features', ['C', FEATURE_COUNT], total);

const TREES: readonly TreeNode[] = [
  { feature: 0, threshold: 0.5, yes: { value: 1 }, no: { feature: 1, threshold: -1, yes: { value: 2 }, no: { value: 4 } } },
  { feature: FEATURE_COUNT - 1, threshold: 0, yes: { value: -0.5 }, no: { value: 0.25 } },
];

describe('what can serve', () => {
  test('an encoder and a ranker whose output has another name', async () => {
    await expect(checkModels({ model: MODEL, encoder: ENCODER, ranker: RANKER }, engine)).resolves.toBeUndefined();
  });

  test('a tree ensemble as LightGBM exports it, which gives what its trees give', async () => {
    const bytes = treeEnsembleOnnx(TREES, FEATURE_COUNT);
    await checkModels({ model: MODEL, encoder: ENCODER, ranker: bytes }, engine);
    const ranker = await engine.openModel(bytes);
    const features = Float32Array.from({ length: 50 * FEATURE_COUNT }, (_, at) => Math.sin(at));
    const scores = await ranker.run({ features: { data: features, shape: [50, FEATURE_COUNT] } });
    await ranker.release();
    expect([...scores]).toEqual(Array.from({ length: 50 }, (_, c) => sumTrees(TREES, features.subarray(c * FEATURE_COUNT))));
  });
});

describe('the first difference is named', () => {
  const wide = (graph: Graph, rows: Tensor) => graph.matmul(newest(graph, rows), graph.weights(new Float32Array(DIMS * 3), [DIMS, 3]));
  const bottomless = (graph: Graph, features: Tensor) => graph.div(total(graph, features), graph.scalar(0));
  const relative = (graph: Graph, features: Tensor) => graph.softmax(graph.transpose(total(graph, features), [1, 0])); // [1, C]

  test.each([
    ['no ONNX', { encoder: new Uint8Array([1]) }, /^encoder\.onnx: /],
    [
      'another name',
      { encoder: onnx('x', ['L', DIMS], newest) },
      'encoder.onnx: its input is called x; a Worker gives one input, rows float32 [L, 8].',
    ],
    ['a fixed length', { encoder: onnx('rows', [50, DIMS], newest) }, 'encoder.onnx: its input always has 50 rows'],
    ['other dimensions', { encoder: onnx('rows', ['L', 9], newest) }, 'encoder.onnx: its input has 9 columns'],
    ['a batch', { encoder: onnx('rows', ['B', 'L', DIMS], newest) }, 'encoder.onnx: its input has 3 axes'],
    ['a vector of other size', { encoder: onnx('rows', ['L', DIMS], wide) }, 'for 1 rows its first output has 3 numbers instead of 8'],
    [
      'a vector a row',
      { encoder: onnx('rows', ['L', DIMS], (_, rows) => rows) },
      'for 2 rows its first output has 16 numbers instead of 8',
    ],
    ['too few features', { ranker: treeEnsembleOnnx(TREES, 14) }, 'ranker.onnx: its input has 14 columns'],
    [
      'infinite scores',
      { ranker: onnx('features', ['C', FEATURE_COUNT], bottomless) },
      'for 1 candidates its first output has a number that is not finite',
    ],
    [
      'scores that depend on others',
      { ranker: onnx('features', ['C', FEATURE_COUNT], relative) },
      /^ranker\.onnx: a candidate gets 1 by itself and .* among others/,
    ],
  ])('%s', async (_, files, message) => {
    await expect(checkModels({ model: MODEL, encoder: ENCODER, ranker: RANKER, ...files }, engine)).rejects.toThrow(message);
  });

  test('two inputs', async () => {
    const graph = new Graph();
    graph.output('out', graph.add(graph.input('features', ['C', FEATURE_COUNT]), graph.input('more', ['C', FEATURE_COUNT])));
    await expect(checkModels({ model: MODEL, encoder: ENCODER, ranker: writeOnnx(graph) }, engine)).rejects.toThrow(
      'ranker.onnx: it has 2 inputs (features, more)',
    );
  });
});
