import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/kernel/random.ts';
import { elements, Graph, type Shape, type Tensor } from '../../../src/model/graph.ts';
import { differentiate, DIFFERENTIABLE } from '../../../src/training/autodiff.ts';
import { openSession, type Values } from '../../../src/training/session.ts';
import { expectSameGradient, finiteDifferences } from './finite-differences.ts';

interface Operand {
  readonly sizes: readonly number[];
  /** How the graph knows the sizes; a name where it learns them when it runs. */
  readonly shape?: Shape;
  /** What the numbers are: any but those near 0 (where `Relu` bends), or only those above it. */
  readonly values?: 'any' | 'positive';
}

interface Case {
  readonly op: string;
  readonly title: string;
  readonly operands: readonly Operand[];
  readonly build: (graph: Graph, operands: readonly Tensor[]) => Tensor;
}

const of = (...sizes: number[]): Operand => ({ sizes });
const positive = (...sizes: number[]): Operand => ({ sizes, values: 'positive' });
const named = (shape: Shape, ...sizes: number[]): Operand => ({ sizes, shape });
const unary = (op: string, build: (g: Graph, x: Tensor) => Tensor, operand = of(3, 4)): Case => ({
  op,
  title: 'alone',
  operands: [operand],
  build: (g, [x]) => build(g, x!),
});

const BROADCASTS: readonly (readonly [string, Operand, Operand])[] = [
  ['same shape', of(2, 3), of(2, 3)],
  ['a row', of(2, 3), of(3)],
  ['a column', of(2, 3), of(2, 1)],
  ['from the left', of(3), of(4, 2, 3)],
  ['both ways', of(2, 1, 3), of(4, 1)],
  ['a scalar', of(), of(2, 3)],
  ['an axis of one', of(1, 3), of(2, 3)],
  ['unknown sizes', named(['B', 'L', 3], 2, 4, 3), named(['L', 1], 4, 1)],
];
const binary = (op: string, build: (g: Graph, a: Tensor, b: Tensor) => Tensor, values: 'any' | 'positive' = 'any'): Case[] =>
  BROADCASTS.map(([title, a, b]) => ({
    op,
    title,
    operands: [a, { ...b, values }],
    build: (g, [x, y]) => build(g, x!, y!),
  }));

const product = (op: string, title: string, a: Operand, b: Operand, transposed?: { a?: boolean; b?: boolean }): Case => ({
  op,
  title,
  operands: [a, b],
  build: (g, [x, y]) => g.matmul(x!, y!, transposed),
});

const CASES: readonly Case[] = [
  ...binary('Add', (g, a, b) => g.add(a, b)),
  ...binary('Sub', (g, a, b) => g.sub(a, b)),
  ...binary('Mul', (g, a, b) => g.mul(a, b)),
  ...binary('Div', (g, a, b) => g.div(a, b), 'positive'),
  unary('Neg', (g, x) => g.neg(x)),
  unary('Sqrt', (g, x) => g.sqrt(x), positive(3, 4)),
  unary('Log', (g, x) => g.log(x), positive(3, 4)),
  unary('Relu', (g, x) => g.relu(x)),
  unary('Sigmoid', (g, x) => g.sigmoid(x)),
  unary('Tanh', (g, x) => g.tanh(x)),
  unary('Dropout', (g, x) => g.dropout(x, 0.4, 17), of(4, 6)),
  unary('Softmax', (g, x) => g.softmax(x), of(2, 3, 4)),
  unary('Transpose', (g, x) => g.transpose(x, [2, 0, 3, 1]), of(2, 3, 4, 2)),
  unary('Reshape', (g, x) => g.reshape(x, [3, -1], [3, 8]), of(2, 3, 4)),
  {
    ...unary('Reshape', (g, x) => g.reshape(x, [0, 0, 2, 3], ['B', 'L', 2, 3]), named(['B', 'L', 6], 2, 3, 6)),
    title: 'unknown sizes',
  },
  unary('Unsqueeze', (g, x) => g.unsqueeze(x, 1), of(2, 3)),
  unary('ReduceSum', (g, x) => g.sum(x, [0, 2]), of(2, 3, 4)),
  { ...unary('ReduceSum', (g, x) => g.sum(x, [1]), named(['B', 'L', 3], 2, 4, 3)), title: 'unknown sizes' },
  {
    op: 'LayerNormalization',
    title: 'over the last axis',
    operands: [of(2, 3, 5), of(5), of(5)],
    build: (g, [x, gamma, beta]) => g.layerNorm(x!, gamma!, beta!),
  },
  product('MatMul', '2-D', of(2, 3), of(3, 4)),
  product('MatMul', 'batched × matrix', named(['B', 'L', 3], 2, 4, 3), of(3, 5)),
  product('MatMul', 'two batch axes × matrix', of(2, 3, 2, 3), of(3, 4)),
  product('MatMul', 'batched × batched', of(2, 3, 4), of(2, 4, 3)),
  product('MatMul', 'two batch axes on both sides', named(['B', 2, 'L', 3], 3, 2, 4, 3), named(['B', 2, 3, 'K'], 3, 2, 3, 5)),
  product('Gemm', '2-D × transposed', of(2, 3), of(4, 3), { b: true }),
  product('FusedMatMul', 'batched × transposed matrix', of(2, 4, 3), of(5, 3), { b: true }),
  product('FusedMatMul', 'batched × transposed batched', named(['B', 'Q', 3], 2, 4, 3), named(['B', 'L', 3], 2, 5, 3), { b: true }),
  product('FusedMatMul', 'two batch axes, transposed', of(2, 2, 4, 3), of(2, 2, 5, 3), { b: true }),
  { op: 'Gather', title: 'rows that repeat', operands: [of(4, 3)], build: (g, [table]) => g.gather(table!, g.integers([2, 0, 2, 2, 3])) },
  {
    op: 'Gather',
    title: 'by an index of two axes',
    operands: [of(4, 3)],
    build: (g, [table]) => g.gather(table!, g.reshape(g.integers([2, 0, 2, 2, 3, 1]), [2, 3])),
  },
];

test('every operator with a gradient has a case here', () => {
  expect(new Set(CASES.map(({ op }) => op))).toEqual(new Set(DIFFERENTIABLE));
});

describe('the gradient of', () => {
  test.each(CASES)('$op, $title', async ({ op, operands, build }) => {
    const random = seededRandom(11);
    const inputs = Object.fromEntries(
      operands.map(({ sizes, values = 'any' }, at) => {
        const data = Float32Array.from({ length: elements(sizes) }, () => {
          const size = 0.3 + 1.2 * random();
          return values === 'any' && random() < 0.5 ? -size : size;
        });
        return [`x${at}`, { data, shape: sizes }];
      }),
    );
    const graph = new Graph();
    const tensors = operands.map(({ sizes, shape = sizes }, at) => graph.input(`x${at}`, shape));
    const y = build(graph, tensors);
    expect(graph.nodes.map((node) => node.op)).toContain(op);
    // The loss is the sum of y, each entry with a share of its own.
    const shares = graph.input('shares', y.shape);
    differentiate(graph, new Map([[y, shares]]), tensors).forEach((gradient, at) => {
      expect(gradient.shape).toEqual(tensors[at]!.shape);
      graph.output(`gradient${at}`, gradient);
    });
    graph.output('y', y);

    const { sizes, count } = await sizesOf(y, inputs, operands, build);
    const shareValues = { data: Float32Array.from({ length: count }, () => random() - 0.5), shape: sizes };
    // A session draws anew each time it drops out: a fresh one draws the same again.
    const fresh = op === 'Dropout';
    let session = await openSession(graph, { threads: 1 });
    const run = async () => {
      if (fresh) {
        await session.release();
        session = await openSession(graph, { threads: 1 });
      }
      return session.run({ ...inputs, shares: shareValues });
    };
    const lossOf = async () => {
      const values = (await run())['y']!.data as Float32Array;
      return values.reduce((sum, value, at) => sum + value * shareValues.data[at]!, 0);
    };
    const results = await run();
    for (const at of operands.keys()) {
      const gradient = results[`gradient${at}`]!.data as Float32Array;
      expectSameGradient(gradient, await finiteDifferences(inputs[`x${at}`]!.data, lossOf));
    }
    await session.release();
  });
});

/** The sizes of a result, found by running the forward pass alone. */
async function sizesOf(
  y: Tensor,
  inputs: Readonly<Record<string, Values>>,
  operands: readonly Operand[],
  build: Case['build'],
): Promise<{ sizes: readonly number[]; count: number }> {
  const graph = new Graph();
  graph.output(
    'y',
    build(
      graph,
      operands.map(({ sizes, shape = sizes }, at) => graph.input(`x${at}`, shape)),
    ),
  );
  const session = await openSession(graph, { threads: 1 });
  const result = (await session.run(inputs))['y']!;
  await session.release();
  // What the graph says of its result is what comes out.
  expect(result.shape).toHaveLength(y.shape.length);
  y.shape.forEach((dim, axis) => typeof dim === 'number' && expect(result.shape[axis]).toBe(dim));
  return { sizes: result.shape, count: result.data.length };
}

describe('dropout', () => {
  test('drops the same in the gradient as in the value, about as much as asked, and scales up the rest', async () => {
    const graph = new Graph();
    const x = graph.input('x', [100, 100]);
    const y = graph.dropout(x, 0.3, 5);
    const [gradient] = differentiate(graph, new Map([[y, x]]), [x]);
    graph.output('y', y);
    graph.output('gradient', gradient!);
    const data = new Float32Array(10_000).fill(2);
    const masks: string[] = [];
    for (let opened = 0; opened < 2; opened++) {
      const session = await openSession(graph, { threads: 1 });
      for (let runs = 0; runs < 2; runs++) {
        const results = await session.run({ x: { data, shape: [100, 100] } });
        const values = results['y']!.data as Float32Array;
        expect(results['gradient']!.data).toEqual(values);
        expect(new Set(values)).toEqual(new Set([0, Math.fround(2 / Math.fround(1 - Math.fround(0.3)))]));
        expect(Math.abs(values.filter((value) => value === 0).length / 10_000 - 0.3)).toBeLessThan(0.03);
        masks.push(values.map(Number).join());
      }
      await session.release();
    }
    const [first, second, again, secondAgain] = masks;
    expect([again, secondAgain]).toEqual([first, second]);
    expect(second).not.toBe(first);
  });

  test('of nothing is left out', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    expect(graph.dropout(x, 0, 1)).toBe(x);
    expect(graph.nodes).toEqual([]);
  });
});

describe('differentiation', () => {
  test('adds up all the ways in which a parameter counts', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const y = graph.add(graph.mul(x, x), graph.mul(x, graph.scalar(3))); // x² + 3x
    graph.output('gradient', differentiate(graph, new Map([[y, graph.scalar(1)]]), [x])[0]!);
    const session = await openSession(graph, { threads: 1 });
    const { gradient } = await session.run({ x: { data: new Float32Array([2, -5]), shape: [2] } });
    await session.release();
    expect(gradient!.data).toEqual(new Float32Array([7, -7]));
  });

  test('says what it cannot do', () => {
    const graph = new Graph();
    const x = graph.input('x', [2, 2]);
    const apart = graph.input('apart', [2]);
    const seed = graph.scalar(1);
    const gradientOf = (y: Tensor) => () => differentiate(graph, new Map([[y, seed]]), [x]);
    expect(gradientOf(graph.mul(apart, apart))).toThrow('does not depend on x');
    expect(gradientOf(graph.max(x, seed))).toThrow('Max has no gradient');
    expect(gradientOf(graph.sum(x, [0], 'dropped'))).toThrow('keep their axes');
    expect(gradientOf(graph.matmul(x, x, { a: true }))).toThrow('no gradient');
  });
});
