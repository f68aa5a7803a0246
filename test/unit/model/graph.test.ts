import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Graph, type Shape } from '../../../src/model/graph.ts';

const addShapes = (a: Shape, b: Shape) => {
  const graph = new Graph();
  return graph.add(graph.input('a', a), graph.input('b', b)).shape;
};

describe('broadcasting', () => {
  test.each<[Shape, Shape, Shape]>([
    [[], [2, 3], [2, 3]],
    [[3], [2, 3], [2, 3]],
    [[2, 1], [3], [2, 3]],
    [
      [4, 1, 3],
      [2, 1],
      [4, 2, 3],
    ],
    [
      ['B', 'L', 3],
      ['L', 1],
      ['B', 'L', 3],
    ],
    [
      ['B', 1, 3],
      [1, 'L', 1],
      ['B', 'L', 3],
    ],
    [
      [0, 3],
      [1, 3],
      [0, 3],
    ],
  ])('[%s] and [%s] make [%s]', (a, b, result) => {
    expect(addShapes(a, b)).toEqual(result);
    expect(addShapes(b, a)).toEqual(result);
  });

  test.each<[Shape, Shape]>([
    [[2], [3]],
    [
      [2, 3],
      [3, 2],
    ],
    [[2, 3], [2]],
    [['B'], ['L']],
    [['B'], [2]],
  ])('[%s] and [%s] do not fit', (a, b) => {
    expect(() => addShapes(a, b)).toThrow(RangeError);
    expect(() => addShapes(b, a)).toThrow(RangeError);
  });

  test('fits whenever each pair of sizes is equal or one of them 1', () => {
    const size = fc.constantFrom(1, 2, 3, 'B', 'L');
    const shape = fc.array(size, { maxLength: 4 });
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const pairs = Array.from({ length: Math.max(a.length, b.length) }, (_, back) => [a.at(-1 - back) ?? 1, b.at(-1 - back) ?? 1]);
        const fits = pairs.every(([left, right]) => left === right || left === 1 || right === 1);
        if (!fits) expect(() => addShapes(a, b)).toThrow(RangeError);
        else expect(addShapes(a, b)).toEqual(pairs.map(([left, right]) => (left === 1 ? right : left)).reverse());
      }),
    );
  });
});

describe('a graph', () => {
  test('takes weights that fill their shape', () => {
    const graph = new Graph();
    expect(graph.weights(new Float32Array(6), [2, 3]).shape).toEqual([2, 3]);
    expect(() => graph.weights(new Float32Array(5), [2, 3])).toThrow('5 weights do not fill [2, 3]');
  });

  test('stores a number once, however often it is used', () => {
    const graph = new Graph();
    expect(graph.scalar(2)).toBe(graph.scalar(2));
    expect(graph.integers([1, 2])).toBe(graph.integers([1, 2]));
    expect(graph.integers([12])).not.toBe(graph.integers([1, 2]));
    expect(graph.scalar(1)).not.toBe(graph.integers([1]));
    expect(graph.constants).toHaveLength(5);
  });

  test('does not move what is where it should be', () => {
    const graph = new Graph();
    const x = graph.input('x', ['B', 3]);
    expect(graph.reshape(x, [-1, 3], ['B', 3])).toBe(x);
    expect(graph.reshapeLike(x, x)).toBe(x);
    expect(graph.nodes).toEqual([]);
  });
});
