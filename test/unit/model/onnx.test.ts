import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/kernel/random.ts';
import { Graph } from '../../../src/model/graph.ts';
import { writeOnnx } from '../../../src/model/onnx.ts';
import { readOnnxOutline } from '../../../src/model/read-onnx.ts';
import { openSession } from '../../../src/training/session.ts';

/** Something with every kind of attribute, number and size that is written. */
function makeGraph(): Graph {
  const graph = new Graph();
  const x = graph.input('x', ['B', 3]);
  const rows = graph.input('rows', [2], 'int64');
  const table = graph.weights(
    Float32Array.from({ length: 300 }, (_, at) => at / 100),
    [100, 3],
  );
  const picked = graph.gather(table, rows); // [2, 3]
  const normal = graph.layerNorm(picked, graph.weights(new Float32Array([1, 2, 3]), [3]), graph.weights(new Float32Array(3), [3]), 0.25);
  graph.output('y', graph.matmul(x, normal, { b: true })); // [B, 2]
  graph.output('turned', graph.transpose(graph.dropout(x, 0, 1), [1, 0]));
  graph.output('more', graph.scatterAdd(table, rows, graph.sum(normal, [1])));
  return graph;
}

describe('an ONNX file', () => {
  test('says of itself what the graph says', () => {
    const outline = readOnnxOutline(writeOnnx(makeGraph()));
    expect(outline).toEqual({
      producer: 'edgewise',
      inputs: [
        { name: 'x', elementType: 1, shape: ['B', 3] },
        { name: 'rows', elementType: 7, shape: [2] },
      ],
      outputs: [
        { name: 'y', elementType: 1, shape: ['B', 2] },
        { name: 'turned', elementType: 1, shape: [3, 'B'] },
        { name: 'more', elementType: 1, shape: [100, 3] },
      ],
      operators: {
        Gather: 1,
        LayerNormalization: 1,
        Gemm: 1,
        Transpose: 1,
        ReduceSum: 1,
        Reshape: 1,
        Shape: 1,
        Expand: 1,
        ScatterElements: 1,
        Identity: 3,
      },
      // float32: 300 + 3 + 3; int64: the axis of the sum and the two sizes of the column.
      weightBytes: 306 * 4 + 3 * 8,
    });
  });

  test('is read by the runtime as it was meant', async () => {
    const graph = new Graph();
    const x = graph.input('x', ['B', 2]);
    const table = graph.weights(new Float32Array([1, 3, -2, 2]), [2, 2]);
    const row = graph.gather(table, graph.integers([1])); // [1, 2]: -2, 2
    const normal = graph.layerNorm(row, graph.weights(new Float32Array([1, 1]), [2]), graph.weights(new Float32Array([0.5, 0]), [2]), 12);
    graph.output('y', graph.add(x, normal)); // ±2 / √(4 + 12) = ±0.5
    const session = await openSession(graph, { threads: 1 });
    const { y } = await session.run({ x: { data: new Float32Array([1, 2, 3, 4, 5, 6]), shape: [3, 2] } });
    await session.release();
    expect(y!.shape).toEqual([3, 2]);
    expect(Array.from(y!.data as Float32Array, (value) => Math.round(value * 1e5) / 1e5)).toEqual([1, 2.5, 3, 4.5, 5, 6.5]);
  });

  test('of the same graph has the same bytes', () => {
    expect(writeOnnx(makeGraph())).toEqual(writeOnnx(makeGraph()));
  });

  test.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['text', 'graph of nothing in particular'],
    ['JSON', '{"format": 1}'],
    ['a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d])],
    ['WebAssembly', Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])],
    ['a graph of nothing and no opset', Uint8Array.from([0x3a, 0])],
    ['an opset and no graph', Uint8Array.from([0x42, 2, 0x10, 18])],
    ['two graphs', Uint8Array.from([0x3a, 0, 0x3a, 0, 0x42, 2, 0x10, 18])],
  ])('is not %s', (_, content) => {
    expect(() => readOnnxOutline(typeof content === 'string' ? new TextEncoder().encode(content) : content)).toThrow(Error);
  });

  test('is not noise', () => {
    const random = seededRandom(8);
    for (let round = 0; round < 2000; round++) {
      const noise = Uint8Array.from({ length: 1 + Math.floor(random() * 80) }, () => Math.floor(random() * 256));
      expect(() => readOnnxOutline(noise)).toThrow(Error);
    }
  });

  test('is whole or refused', () => {
    const bytes = writeOnnx(makeGraph());
    // Cut before the last opset it is whole, only of a smaller world.
    const lastOpset = bytes.length - (2 + 2 + 'com.microsoft'.length + 2);
    for (let end = 0; end < bytes.length; end++) {
      if (end === lastOpset) continue;
      expect(() => readOnnxOutline(bytes.subarray(0, end)), `cut at ${end}`).toThrow(Error);
    }
    expect(() => readOnnxOutline(bytes)).not.toThrow();
  });
});
