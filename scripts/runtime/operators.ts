/**
 * A small model for every operator that a model may bring along (docs/models.md): what ONNX Runtime does for it is what the
 * runtime of the Worker keeps. Their input `x` is float32 [rows, COLUMNS]; other types come by `Cast` or from constants.
 */
import { Graph, type Attribute, type DType, type Node, type Tensor } from '../../src/model/graph.ts';

export const COLUMNS = 4;
export const INPUT = 'x';

interface Shape {
  /** Axes of the result; 2 unless told. */
  readonly rank?: number;
  /** What it holds; float32 unless told. */
  readonly dtype?: DType;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: Node['domain'];
  /** Further results that it has to have. */
  readonly unused?: number;
}

class Sample extends Graph {
  readonly x = this.input(INPUT, ['rows', COLUMNS]);
  readonly row = this.numbers(COLUMNS);
  readonly whole = this.cast(this.x, 'int64');
  readonly flags = this.greater(this.x, this.scalar(2));

  /** Any operator, with the sizes of its result left open. */
  operator(
    op: string,
    inputs: readonly Tensor[],
    { rank = 2, dtype = 'float32', attributes = {}, domain = '', unused = 0 }: Shape = {},
  ): Tensor {
    const name = `sample_${this.nodes.length}`;
    const output = { name, shape: Array.from({ length: rank }, (_, axis) => `${name}_${axis}`), dtype };
    const others = Array.from({ length: unused }, (_, at) => ({ ...output, name: `${name}_${at}` }));
    this.nodes.push({ op, domain, inputs, outputs: [output, ...others], attributes });
    return output;
  }

  /** Constants from -1 up. */
  numbers(...shape: number[]): Tensor {
    const length = shape.reduce((product, size) => product * size, 1);
    return this.weights(
      Float32Array.from({ length }, (_, at) => at / length - 1),
      shape,
    );
  }

  cast(x: Tensor, dtype: DType): Tensor {
    const toType = { float32: 1, int64: 7, bool: 9 }[dtype];
    return this.operator('Cast', [x], { rank: x.shape.length, dtype, attributes: { to: { int: toType } } });
  }

  /** [rows, COLUMNS] -> [rows, 1, COLUMNS], a sequence with a batch of one */
  get sequence(): Tensor {
    return this.unsqueeze(this.x, 1);
  }

  /** [rows, COLUMNS] -> [1, COLUMNS, rows], a signal with a channel a column */
  get signal(): Tensor {
    return this.unsqueeze(this.transpose(this.x, [1, 0]), 0);
  }
}

/** What a sample computes: one tensor, of any type. */
type Make = (graph: Sample) => Tensor;

const UNARY =
  'Abs Ceil Celu Cos Elu Erf Exp Floor HardSigmoid HardSwish Identity LeakyRelu Log LogSoftmax Mish Neg Reciprocal Relu Round Selu Sigmoid Sign Sin Softmax Softplus Softsign Sqrt Tanh';
const ARITHMETIC = 'Add Sub Mul Div Pow Max Min';
const COMPARISON = 'Equal Less LessOrEqual Greater GreaterOrEqual';
const REDUCTION = 'ReduceL1 ReduceL2 ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare';

/** By name. */
export const SAMPLES: Readonly<Record<string, Make>> = {
  ...each(UNARY, (op) => ({ [op]: (g) => g.operator(op, [g.x]) })),
  ...each(ARITHMETIC, (op) => broadcasts(op)),
  ...each(COMPARISON, (op) => broadcasts(op, 'bool')),
  ...each('And Or Xor', (op) => ({
    [op]: (g) => g.operator(op, [g.flags, g.operator('Not', [g.flags], { dtype: 'bool' })], { dtype: 'bool' }),
  })),
  ...each(REDUCTION, (op) => ({
    [op]: (g) => g.operator(op, [g.x, g.integers([1])]),
    [`${op} of rows`]: (g) => g.operator(op, [g.x, g.integers([0])], { rank: 1, attributes: { keepdims: { int: 0 } } }),
    [`${op} of all`]: (g) => g.operator(op, [g.x], { rank: 2 }),
  })),
  ...each('ArgMax ArgMin', (op) => ({ [op]: (g) => g.operator(op, [g.x], { dtype: 'int64', attributes: { axis: { int: 1 } } }) })),
  'Cast of flags': (g) => g.cast(g.flags, 'float32'),
  'Cast of whole numbers': (g) => g.cast(g.whole, 'float32'),
  'Cast to flags': (g) => g.cast(g.whole, 'bool'),
  'Cast of flags to whole numbers': (g) => g.cast(g.flags, 'int64'),
  Clip: (g) => g.operator('Clip', [g.x, g.scalar(0), g.scalar(1)]),
  PRelu: (g) => g.operator('PRelu', [g.x, g.row]),
  Where: (g) => g.where(g.flags, g.x, g.scalar(0)),
  'Where of whole numbers': (g) => g.operator('Where', [g.flags, g.whole, g.integers([0])], { dtype: 'int64' }),
  CumSum: (g) => g.operator('CumSum', [g.x, g.integers([0])]),
  Dropout: (g) => g.operator('Dropout', [g.x]),
  Mod: (g) => g.operator('Mod', [g.whole, g.integers([3])], { dtype: 'int64' }),

  Gelu: (g) => {
    const error = g.operator('Erf', [g.div(g.x, g.scalar(Math.SQRT2))]);
    return g.operator('Mul', [g.operator('Mul', [g.x, g.operator('Add', [error, g.scalar(1)])]), g.scalar(0.5)]);
  },
  'Gelu, fused': (g) => g.operator('Gelu', [g.x], { domain: 'com.microsoft' }),
  'Gelu by tanh': (g) => g.operator('FastGelu', [g.x], { domain: 'com.microsoft' }),
  LayerNormalization: (g) => g.layerNorm(g.x, g.row, g.row),
  'LayerNormalization after a sum': (g) => g.layerNorm(g.add(g.x, g.relu(g.x)), g.row, g.row),
  'LayerNormalization in parts': (g) => {
    const centred = g.operator('Sub', [g.x, g.operator('ReduceMean', [g.x, g.integers([-1])])]);
    const variance = g.operator('ReduceMean', [g.operator('Pow', [centred, g.scalar(2)]), g.integers([-1])]);
    const deviation = g.sqrt(g.operator('Add', [variance, g.scalar(1e-5)]));
    return g.operator('Add', [g.operator('Mul', [g.operator('Div', [centred, deviation]), g.row]), g.row]);
  },
  SimplifiedLayerNormalization: (g) => g.operator('SimplifiedLayerNormalization', [g.x, g.row], { attributes: { axis: { int: -1 } } }),
  BatchNormalization: (g) =>
    g.operator('BatchNormalization', [g.signal, g.row, g.row, g.row, g.operator('Abs', [g.row], { rank: 1 })], { rank: 3 }),

  Concat: (g) => g.operator('Concat', [g.x, g.x], { attributes: { axis: { int: 1 } } }),
  'Concat of sizes': (g) =>
    g.operator('Concat', [g.size(g.x, 0), g.integers([2])], { rank: 1, dtype: 'int64', attributes: { axis: { int: 0 } } }),
  ConstantOfShape: (g) => g.operator('ConstantOfShape', [g.operator('Shape', [g.x], { rank: 1, dtype: 'int64' })]),
  EyeLike: (g) => g.operator('EyeLike', [g.x]),
  Expand: (g) => g.expand(g.row, g.x),
  'Expand of flags': (g) => g.operator('Expand', [g.flags, g.integers([2, 1, 1])], { rank: 3, dtype: 'bool' }),
  Flatten: (g) => g.operator('Flatten', [g.sequence]),
  Gather: (g) => g.operator('Gather', [g.x, g.integers([0, -1])], { attributes: { axis: { int: 1 } } }),
  'Gather of sizes': (g) =>
    g.operator('Gather', [g.operator('Shape', [g.x], { rank: 1, dtype: 'int64' }), g.integers([0])], { rank: 1, dtype: 'int64' }),
  GatherElements: (g) =>
    g.operator('GatherElements', [g.x, g.operator('ArgMax', [g.x], { dtype: 'int64', attributes: { axis: { int: 1 } } })], {
      attributes: { axis: { int: 1 } },
    }),
  GatherND: (g) => g.operator('GatherND', [g.x, g.operator('Unsqueeze', [g.integers([0]), g.integers([0])], { rank: 2, dtype: 'int64' })]),
  NonZero: (g) => g.operator('NonZero', [g.flags], { dtype: 'int64' }),
  OneHot: (g) => g.operator('OneHot', [g.integers([1, 2]), g.integers([3]), g.numbers(2)]),
  Pad: (g) => g.operator('Pad', [g.x, g.integers([1, 0, 0, 0])]),
  Range: (g) =>
    g.operator(
      'Range',
      [
        g.operator('Squeeze', [g.integers([0])], { rank: 0, dtype: 'int64' }),
        g.operator('Squeeze', [g.size(g.x, 0)], { rank: 0, dtype: 'int64' }),
        g.operator('Squeeze', [g.integers([1])], { rank: 0, dtype: 'int64' }),
      ],
      { rank: 1, dtype: 'int64' },
    ),
  Reshape: (g) => g.operator('Reshape', [g.x, g.integers([0, 2, 2])], { rank: 3 }),
  ScatterElements: (g) =>
    g.operator(
      'ScatterElements',
      [g.x, g.operator('ArgMax', [g.x], { dtype: 'int64', attributes: { axis: { int: 1 } } }), g.sum(g.x, [1])],
      { attributes: { axis: { int: 1 } } },
    ),
  ScatterND: (g) => g.scatterAdd(g.x, g.integers([0]), g.numbers(1, COLUMNS)),
  'Slice from the start': (g) => g.operator('Slice', [g.x, g.integers([0]), g.integers([2]), g.integers([1])]),
  'Slice to the end': (g) => g.last(g.x, 0, g.integers([1]), 1),
  'Slice of flags': (g) => g.operator('Slice', [g.flags, g.integers([0]), g.integers([1]), g.integers([0])], { dtype: 'bool' }),
  Split: (g) => {
    const halves = g.split(g.row, [2, 2]);
    return g.add(halves[0]!, halves[1]!);
  },
  Squeeze: (g) => g.operator('Squeeze', [g.sequence, g.integers([1])]),
  Tile: (g) => g.operator('Tile', [g.x, g.integers([2, 1])]),
  TopK: (g) => g.operator('TopK', [g.x, g.integers([2])], { unused: 1 }),
  Transpose: (g) => g.transpose(g.x, [1, 0]),
  'Transpose of heads': (g) => g.transpose(g.operator('Reshape', [g.sequence, g.integers([0, 0, 2, 2])], { rank: 4 }), [0, 2, 1, 3]),
  Trilu: (g) => g.operator('Trilu', [g.matmul(g.x, g.x, { b: true })], { attributes: { upper: { int: 0 } } }),

  MatMul: (g) => g.matmul(g.x, g.numbers(COLUMNS, 3)),
  'MatMul of three axes': (g) => g.operator('MatMul', [g.sequence, g.numbers(COLUMNS, 3)], { rank: 3 }),
  'MatMul of four axes': (g) =>
    g.operator('MatMul', [g.unsqueeze(g.sequence, 0), g.unsqueeze(g.transpose(g.sequence, [0, 2, 1]), 0)], { rank: 4 }),
  'MatMul, scaled': (g) => g.mul(g.matmul(g.x, g.x, { b: true }), g.scalar(0.5)),
  Gemm: (g) => g.operator('Gemm', [g.x, g.numbers(3, COLUMNS), g.numbers(3)], { attributes: { transB: { int: 1 } } }),
  'Gemm, then Relu': (g) => g.relu(g.operator('Gemm', [g.x, g.numbers(COLUMNS, 3), g.numbers(3)])),
  FusedMatMul: (g) =>
    g.operator('FusedMatMul', [g.sequence, g.sequence], { rank: 3, domain: 'com.microsoft', attributes: { transB: { int: 1 } } }),
  Einsum: (g) => g.operator('Einsum', [g.x, g.numbers(COLUMNS, 3)], { attributes: { equation: { string: 'ij,jk->ik' } } }),
  Conv: (g) => g.operator('Conv', [g.signal, g.numbers(2, COLUMNS, 3), g.numbers(2)], { rank: 3, attributes: { pads: { ints: [1, 1] } } }),
  'Conv, dilated': (g) =>
    g.operator('Conv', [g.signal, g.numbers(2, COLUMNS, 3)], { rank: 3, attributes: { pads: { ints: [4, 0] }, dilations: { ints: [2] } } }),
  MaxPool: (g) => g.operator('MaxPool', [g.signal], { rank: 3, attributes: { kernel_shape: { ints: [1] } } }),
  GlobalMaxPool: (g) => g.operator('GlobalMaxPool', [g.signal], { rank: 3 }),
  GlobalAveragePool: (g) => g.operator('GlobalAveragePool', [g.signal], { rank: 3 }),
  GRU: (g) =>
    g.operator('GRU', [g.sequence, g.numbers(1, 9, COLUMNS), g.numbers(1, 9, 3)], { rank: 4, attributes: { hidden_size: { int: 3 } } }),
  'GRU, reset after': (g) =>
    g.operator('GRU', [g.sequence, g.numbers(1, 9, COLUMNS), g.numbers(1, 9, 3), g.numbers(1, 18)], {
      rank: 4,
      attributes: { hidden_size: { int: 3 }, linear_before_reset: { int: 1 } },
    }),
  LSTM: (g) =>
    g.operator('LSTM', [g.sequence, g.numbers(1, 12, COLUMNS), g.numbers(1, 12, 3), g.numbers(1, 24)], {
      rank: 4,
      attributes: { hidden_size: { int: 3 } },
    }),
};

/** An operator of two inputs, with what it meets in practice. */
function broadcasts(op: string, dtype?: DType): Record<string, Make> {
  const of = (name: string, second: (g: Sample) => Tensor, rank = 2): Record<string, Make> => ({
    [`${op} ${name}`]: (g) => g.operator(op, [g.x, second(g)], { rank, dtype: dtype ?? 'float32' }),
  });
  return {
    ...of('with a row', (g) => g.row),
    ...of('with a number', (g) => g.scalar(2)),
    ...of('with its like', (g) => g.relu(g.x)),
    ...of('with a column', (g) => g.sum(g.x, [1])),
    ...of('with three axes', (g) => g.sequence, 3),
    [`${op} from a number`]: (g) => g.operator(op, [g.scalar(2), g.x], { dtype: dtype ?? 'float32' }),
    [`${op} of whole numbers`]: (g) => g.operator(op, [g.whole, g.integers([2])], { dtype: dtype ?? 'int64' }),
    [`${op} of like whole numbers`]: (g) => g.operator(op, [g.whole, g.whole], { dtype: dtype ?? 'int64' }),
  };
}

function each(names: string, make: (op: string) => Record<string, Make>): Record<string, Make> {
  return Object.assign({}, ...names.split(' ').map(make)) as Record<string, Make>;
}

/** A sample as a model that gives float32. */
export function sampleGraph(make: Make): Graph {
  const graph = new Sample();
  const result = make(graph);
  graph.output('y', result.dtype === 'float32' ? result : graph.cast(result, 'float32'));
  return graph;
}
