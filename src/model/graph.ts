/**
 * A computation as a list of ONNX operators, built by typed calls. The same model code builds the graph that serves and
 * the graph that trains: `training/autodiff.ts` walks `nodes` backwards and appends the gradient's operators.
 */

/** A size; a string names one that is known only when the graph runs. */
export type Dim = number | string;
export type Shape = readonly Dim[];
export type DType = 'float32' | 'int64' | 'bool';

/** A value in the graph: not numbers, but the name they will have. */
export interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string };

export interface Node {
  readonly op: string;
  readonly domain: '' | 'com.microsoft';
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Constant {
  readonly tensor: Tensor;
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

export class Graph {
  readonly nodes: Node[] = [];
  readonly constants: Constant[] = [];
  readonly inputs: Tensor[] = [];
  readonly outputs: Tensor[] = [];
  private readonly shared = new Map<string, Tensor>();
  private count = 0;

  // — Ends —

  input(name: string, shape: Shape, dtype: DType = 'float32'): Tensor {
    const tensor = { name, shape, dtype };
    this.inputs.push(tensor);
    return tensor;
  }

  /** Makes `tensor` a result of the graph, under `name`. */
  output(name: string, tensor: Tensor): void {
    const result = { ...tensor, name };
    this.nodes.push({ op: 'Identity', domain: '', inputs: [tensor], outputs: [result], attributes: {} });
    this.outputs.push(result);
  }

  /** Numbers stored with the graph. */
  weights(data: Float32Array, shape: readonly number[]): Tensor {
    if (data.length !== elements(shape)) throw new RangeError(`${data.length} weights do not fill [${shape.join(', ')}]`);
    return this.store(data, shape, 'float32');
  }

  scalar(value: number): Tensor {
    return this.once(`scalar ${value}`, () => this.store(new Float32Array([value]), [], 'float32'));
  }

  integers(values: readonly number[]): Tensor {
    return this.once(`integers ${values.join()}`, () => this.store(BigInt64Array.from(values, BigInt), [values.length], 'int64'));
  }

  private flag(value: boolean): Tensor {
    return this.once(`flag ${value}`, () => this.store(new Uint8Array([Number(value)]), [], 'bool'));
  }

  // — Element by element; shapes broadcast —

  add(a: Tensor, b: Tensor): Tensor {
    return this.elementwise('Add', a, b);
  }
  sub(a: Tensor, b: Tensor): Tensor {
    return this.elementwise('Sub', a, b);
  }
  mul(a: Tensor, b: Tensor): Tensor {
    return this.elementwise('Mul', a, b);
  }
  div(a: Tensor, b: Tensor): Tensor {
    return this.elementwise('Div', a, b);
  }
  max(a: Tensor, b: Tensor): Tensor {
    return this.elementwise('Max', a, b);
  }
  greater(a: Tensor, b: Tensor): Tensor {
    return this.elementwise('Greater', a, b, 'bool');
  }
  neg(x: Tensor): Tensor {
    return this.apply('Neg', [x], x.shape);
  }
  sqrt(x: Tensor): Tensor {
    return this.apply('Sqrt', [x], x.shape);
  }
  log(x: Tensor): Tensor {
    return this.apply('Log', [x], x.shape);
  }
  relu(x: Tensor): Tensor {
    return this.apply('Relu', [x], x.shape);
  }
  sigmoid(x: Tensor): Tensor {
    return this.apply('Sigmoid', [x], x.shape);
  }
  tanh(x: Tensor): Tensor {
    return this.apply('Tanh', [x], x.shape);
  }
  /** `condition ? a : b` */
  where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
    return this.apply('Where', [condition, a, b], broadcast(condition.shape, broadcast(a.shape, b.shape)));
  }
  /** Zeroes a share `rate` of `x` and scales up the rest; for training only. `seed` fixes which. */
  dropout(x: Tensor, rate: number, seed: number): Tensor {
    if (rate === 0) return x;
    const kept = this.fresh('kept', x.shape, 'bool');
    const y = this.fresh('Dropout', x.shape, x.dtype);
    this.push('Dropout', [x, this.scalar(rate), this.flag(true)], [y, kept], { seed: { int: seed } });
    return y;
  }

  // — Along the last axis —

  /** softmax over the last axis */
  softmax(x: Tensor): Tensor {
    return this.apply('Softmax', [x], x.shape, { attributes: { axis: { int: -1 } } });
  }

  /** Normalises the last axis to mean 0 and variance 1, then scales by `gamma` and shifts by `beta`, both [d]. */
  layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon = 1e-5): Tensor {
    const statistic = [...x.shape.slice(0, -1), 1];
    const y = this.fresh('LayerNormalization', x.shape, x.dtype);
    const outputs = [y, this.fresh('mean', statistic, x.dtype), this.fresh('inverseDeviation', statistic, x.dtype)];
    this.push('LayerNormalization', [x, gamma, beta], outputs, { axis: { int: -1 }, epsilon: { float: epsilon } });
    return y;
  }

  /** Sums over `axes`, which stay as size 1 or are dropped. */
  sum(x: Tensor, axes: readonly number[], left: 'kept' | 'dropped' = 'kept'): Tensor {
    const kept = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    const shape = left === 'kept' ? kept : kept.filter((_, axis) => !axes.includes(axis));
    return this.apply('ReduceSum', [x, this.integers(axes)], shape, { attributes: { keepdims: { int: left === 'kept' ? 1 : 0 } } });
  }

  // — Products —

  /** [..., m, k] · [..., k, n] -> [..., m, n]; `b` is a matrix or has the same leading axes. Either may be read transposed. */
  matmul(a: Tensor, b: Tensor, transposed: { a?: boolean; b?: boolean } = {}): Tensor {
    const m = transposed.a ? a.shape.at(-1)! : a.shape.at(-2)!;
    const n = transposed.b ? b.shape.at(-2)! : b.shape.at(-1)!;
    const shape = [...a.shape.slice(0, -2), m, n];
    if (!transposed.a && !transposed.b) return this.apply('MatMul', [a, b], shape);
    const attributes = { transA: { int: Number(transposed.a ?? false) }, transB: { int: Number(transposed.b ?? false) } };
    if (a.shape.length === 2 && b.shape.length === 2) return this.apply('Gemm', [a, b], shape, { attributes });
    return this.apply('FusedMatMul', [a, b], shape, { attributes, domain: 'com.microsoft' });
  }

  // — Moving elements —

  /** In `sizes`, 0 keeps the size of that axis and one -1 is worked out when the graph runs; `shape` then names them. */
  reshape(x: Tensor, sizes: readonly number[], shape: Shape = sizes): Tensor {
    if (sameShape(x.shape, shape)) return x;
    return this.apply('Reshape', [x, this.integers(sizes)], shape, { dtype: x.dtype });
  }

  /** `x` in the shape of `like`, whatever that is when the graph runs. */
  reshapeLike(x: Tensor, like: Tensor): Tensor {
    if (sameShape(x.shape, like.shape)) return x;
    return this.apply('Reshape', [x, this.shapeOf(like)], like.shape, { dtype: x.dtype });
  }

  /** A new axis of size 1 at `axis`. */
  unsqueeze(x: Tensor, axis: number): Tensor {
    return this.apply('Unsqueeze', [x, this.integers([axis])], x.shape.toSpliced(axis, 0, 1), { dtype: x.dtype });
  }

  /** `x` repeated along its axes of size 1 to the shape of `like`. */
  expand(x: Tensor, like: Tensor): Tensor {
    return this.apply('Expand', [x, this.shapeOf(like)], like.shape, { dtype: x.dtype });
  }

  transpose(x: Tensor, order: readonly number[]): Tensor {
    const shape = order.map((axis) => x.shape[axis]!);
    return this.apply('Transpose', [x], shape, { attributes: { perm: { ints: order } } });
  }

  /** Rows of `table` [n, ...] by `index` [...] -> [..., ...] */
  gather(table: Tensor, index: Tensor): Tensor {
    return this.apply('Gather', [table, index], [...index.shape, ...table.shape.slice(1)], { attributes: { axis: { int: 0 } } });
  }

  /**
   * `table` [n, d] with `rows` [p, d] added at `index` [p]; an index may repeat. Element by element, for ONNX Runtime adds whole rows (`ScatterND`)
   * in several threads at once: where two have the same index, one is lost now and then.
   */
  scatterAdd(table: Tensor, index: Tensor, rows: Tensor): Tensor {
    const column = this.reshape(index, [-1, 1], [index.shape[0]!, 1]);
    const attributes = { axis: { int: 0 }, reduction: { string: 'add' } };
    return this.apply('ScatterElements', [table, this.expand(column, rows), rows], table.shape, { attributes });
  }

  /** The element of each row of `x` [p, n] that `index` [p] names -> [p, 1] */
  pick(x: Tensor, index: Tensor): Tensor {
    const column = this.reshape(index, [-1, 1], [index.shape[0]!, 1]);
    return this.apply('GatherElements', [x, column], [x.shape[0]!, 1], { attributes: { axis: { int: 1 } } });
  }

  /** The last `size` entries of `axis`; `size` is an int64 [1], `dim` what to call it. */
  last(x: Tensor, axis: number, size: Tensor, dim: Dim): Tensor {
    const start = this.apply('Neg', [size], [1], { dtype: 'int64' });
    const shape = x.shape.map((old, at) => (at === axis ? dim : old));
    return this.apply('Slice', [x, start, this.integers([Number.MAX_SAFE_INTEGER]), this.integers([axis])], shape);
  }

  /** The size of `axis` of `x` as int64 [1]. */
  size(x: Tensor, axis: number): Tensor {
    return this.apply('Shape', [x], [1], { attributes: { start: { int: axis }, end: { int: axis + 1 } }, dtype: 'int64' });
  }

  concat(parts: readonly Tensor[]): Tensor {
    const total = parts.reduce((sum, part) => sum + (part.shape[0] as number), 0);
    return this.apply('Concat', parts, [total, ...parts[0]!.shape.slice(1)], { attributes: { axis: { int: 0 } } });
  }

  /** Cuts `x` [n] into consecutive pieces. */
  split(x: Tensor, sizes: readonly number[]): Tensor[] {
    const parts = sizes.map((size) => this.fresh('Split', [size], x.dtype));
    this.push('Split', [x, this.integers(sizes)], parts, { axis: { int: 0 } });
    return parts;
  }

  // — Inside —

  /** int64 [rank] */
  private shapeOf(x: Tensor): Tensor {
    return this.apply('Shape', [x], [x.shape.length], { dtype: 'int64' });
  }

  private elementwise(op: string, a: Tensor, b: Tensor, dtype: DType = a.dtype): Tensor {
    return this.apply(op, [a, b], broadcast(a.shape, b.shape), { dtype });
  }

  private apply(
    op: string,
    inputs: readonly Tensor[],
    shape: Shape,
    more: Partial<Pick<Node, 'attributes' | 'domain'> & Pick<Tensor, 'dtype'>> = {},
  ): Tensor {
    const output = this.fresh(op, shape, more.dtype ?? 'float32');
    this.push(op, inputs, [output], more.attributes, more.domain);
    return output;
  }

  private push(
    op: string,
    inputs: readonly Tensor[],
    outputs: readonly Tensor[],
    attributes: Node['attributes'] = {},
    domain: Node['domain'] = '',
  ): void {
    this.nodes.push({ op, domain, inputs, outputs, attributes });
  }

  private fresh(prefix: string, shape: Shape, dtype: DType): Tensor {
    return { name: `${prefix}_${this.count++}`, shape, dtype };
  }

  private store(data: Constant['data'], shape: Shape, dtype: DType): Tensor {
    const tensor = this.fresh('constant', shape, dtype);
    this.constants.push({ tensor, data });
    return tensor;
  }

  private once(key: string, make: () => Tensor): Tensor {
    const made = this.shared.get(key) ?? make();
    this.shared.set(key, made);
    return made;
  }
}

/** How many elements a shape of known sizes holds. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** The shape of an elementwise result, by NumPy's rule. Throws where two known sizes do not fit. */
function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - (rank - a.length)] ?? 1;
    const right = b[axis - (rank - b.length)] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new RangeError(`[${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
  });
}
