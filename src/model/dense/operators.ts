/** The operators that the dense kernels execute, by their ONNX names: enough for the encoder. What they do not cover throws `NotDense`. */
import type { OnnxNode } from '../read-onnx.ts';
import type { Planner } from './planner.ts';
import { integersOf, matrixOf, NotDense, numbersOf, type Numbers, type Value } from './values.ts';

/** Plans a node: says what its first output will be, and adds to the plan what makes it. */
type Operator = (node: OnnxNode, inputs: readonly (Value | undefined)[], planner: Planner) => Value;

export const OPERATORS: Readonly<Record<string, Operator>> = {
  Identity: (_, [x]) => numbersOf(x),

  Shape({ attributes }, [x]) {
    const { shape } = numbersOf(x);
    return { integers: shape.slice(attributes.get('start'), attributes.get('end')) };
  },

  Neg: (_, [x]) => ({ integers: integersOf(x).map((value) => -value) }),

  /** Rows, or columns, up to the end: another view of the same memory. */
  Slice(_, [data, starts, ends, axes, steps]) {
    const x = numbersOf(data);
    const [[start], [end], [axis]] = [integersOf(starts), integersOf(ends), integersOf(axes)];
    const size = x.shape[axis!];
    if (start === undefined || size === undefined || x.shape.length !== 2 || steps || end! < size)
      throw new NotDense('it cuts out of the middle');
    const from = Math.max(0, start < 0 ? size + start : start);
    const shape = x.shape.map((old, at) => (at === axis ? old - from : old));
    return { ...x, shape, at: x.at + (axis === 0 ? x.rowStep : 4) * from };
  },

  Mul(_, [x, factor], planner) {
    const a = numbersOf(x);
    const [rows, columns] = matrixOf(a);
    const by = planner.scalar(numbersOf(factor));
    const out = planner.allocate(a.shape);
    const count = wholeVectors(rows * columns);
    planner.step(({ scale }) => scale(a.at, by, out.at, count));
    return out;
  },

  Add(_, [left, right], planner) {
    const [a, b] = [numbersOf(left), numbersOf(right)];
    const [sum, part] = a.shape.length >= b.shape.length ? [a, b] : [b, a];
    const out = planner.allocate(sum.shape);
    addInto(out, sum, part, planner);
    return out;
  },

  Relu(_, [x], planner) {
    const a = numbersOf(x);
    const [rows, columns] = matrixOf(a);
    const count = wholeVectors(rows * columns);
    const out = planner.allocate(a.shape);
    planner.step(({ relu }) => relu(a.at, out.at, count));
    return out;
  },

  MatMul: (_, [a, b], planner) => multiply(numbersOf(a), numbersOf(b), false, planner),

  Gemm({ attributes }, [a, b, c], planner) {
    const isPlain = ['alpha', 'beta'].every((name) => (attributes.get(name) ?? 1) === 1) && !attributes.get('transA');
    if (!isPlain) throw new NotDense('it scales a product, or takes its left side transposed');
    const out = multiply(numbersOf(a), numbersOf(b), attributes.get('transB') === 1, planner);
    if (c) addInto(out, out, numbersOf(c), planner);
    return out;
  },

  LayerNormalization({ attributes }, [x, scale, shift], planner) {
    const [a, gamma, beta] = [numbersOf(x), numbersOf(scale), numbersOf(shift)];
    const [rows, columns] = matrixOf(a);
    if (attributes.get('axis') !== -1 || columns % 4 !== 0 || gamma.shape[0] !== columns || beta.shape[0] !== columns)
      throw new NotDense('it normalises something else than rows of whole vectors');
    const out = planner.allocate(a.shape);
    const epsilon = attributes.get('epsilon') ?? 1e-5;
    planner.step(({ normalise }) => normalise(a.at, gamma.at, beta.at, out.at, rows, columns, epsilon));
    return out;
  },

  Softmax({ attributes }, [x], planner) {
    const a = numbersOf(x);
    const [rows, columns] = matrixOf(a);
    if ((attributes.get('axis') ?? -1) !== -1) throw new NotDense('it has a softmax over something else than rows');
    const out = planner.allocate(a.shape);
    planner.step(({ softmax }) => softmax(a.at, out.at, rows, columns));
    return out;
  },
};

/** a [m, k] · b [k, n], or b [n, k] transposed -> [m, n] */
function multiply(a: Numbers, b: Numbers, transposed: boolean, planner: Planner): Numbers {
  const [m, k] = matrixOf(a);
  const [first, second] = matrixOf(b);
  const [inner, n] = transposed ? [second, first] : [first, second];
  if (inner !== k || a.shape.length !== 2 || b.shape.length !== 2) throw new NotDense('it multiplies something else than matrices');
  if (transposed ? k % 4 !== 0 : n % 8 !== 0) throw new NotDense(`a product of width ${transposed ? k : n} does not fill vectors`);
  const out = planner.allocate([m, n]);
  planner.step(({ product, productTransposed }) => (transposed ? productTransposed : product)(a.at, b.at, out.at, m, k, n));
  return out;
}

/** a [rows, columns] + b of the same sizes, or one row for all -> out, which may be `a` */
function addInto(out: Numbers, a: Numbers, b: Numbers, planner: Planner): void {
  const [rows, columns] = matrixOf(a);
  const [bColumns = 1, bRows = 1] = b.shape.toReversed();
  if (bColumns !== columns || (bRows !== rows && bRows !== 1)) throw new NotDense('it adds what is of other sizes');
  const step = bRows === 1 ? 0 : b.rowStep;
  planner.step(({ add }) => add(a.at, b.at, out.at, rows, columns, step));
}

/** Every result has room for whole vectors of four. */
const wholeVectors = (count: number): number => 4 * Math.ceil(count / 4);
