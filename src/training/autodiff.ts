/**
 * Reverse-mode differentiation of a graph: walks its operators backwards and appends the operators that compute the
 * gradients. The result is one ONNX graph that holds forward pass, backward pass and whatever is built on them.
 */
import { type Graph, type Node, type Shape, type Tensor } from '../model/graph.ts';

/**
 * Given the gradient of an operator's first output, the gradients of its inputs in order; null where there is none.
 * `wanted` tells which inputs need one.
 */
type Pullback = (graph: Graph, node: Node, gradient: Tensor, wanted: readonly boolean[]) => (Tensor | null)[];

const PULLBACKS: Record<string, Pullback> = {
  Add: (g, { inputs: [a, b] }, dy) => [unbroadcast(g, dy, a!.shape), unbroadcast(g, dy, b!.shape)],
  Sub: (g, { inputs: [a, b] }, dy) => [unbroadcast(g, dy, a!.shape), unbroadcast(g, g.neg(dy), b!.shape)],
  Mul: (g, { inputs: [a, b] }, dy, [da, db]) => [
    da ? unbroadcast(g, g.mul(dy, b!), a!.shape) : null,
    db ? unbroadcast(g, g.mul(dy, a!), b!.shape) : null,
  ],
  Div: (g, { inputs: [a, b], outputs: [y] }, dy, [, db]) => {
    const da = g.div(dy, b!);
    return [unbroadcast(g, da, a!.shape), db ? unbroadcast(g, g.neg(g.mul(da, y!)), b!.shape) : null];
  },
  Neg: (g, _, dy) => [g.neg(dy)],
  Sqrt: (g, { outputs: [y] }, dy) => [g.div(dy, g.add(y!, y!))],
  Log: (g, { inputs: [x] }, dy) => [g.div(dy, x!)],
  Relu: (g, { outputs: [y] }, dy) => [g.where(g.greater(y!, g.scalar(0)), dy, g.scalar(0))],
  Sigmoid: (g, { outputs: [y] }, dy) => [g.mul(dy, g.mul(y!, g.sub(g.scalar(1), y!)))],
  Tanh: (g, { outputs: [y] }, dy) => [g.mul(dy, g.sub(g.scalar(1), g.mul(y!, y!)))],
  Dropout: (g, { inputs: [, rate], outputs: [, kept] }, dy) => [
    g.where(kept!, g.div(dy, g.sub(g.scalar(1), rate!)), g.scalar(0)),
    null,
    null,
  ],
  Softmax: (g, { outputs: [y] }, dy) => {
    const weighted = g.mul(dy, y!);
    return [g.sub(weighted, g.mul(y!, g.sum(weighted, [y!.shape.length - 1])))];
  },
  LayerNormalization: (g, { inputs: [x, gamma, beta], outputs: [, mean, inverseDeviation] }, dy) => {
    const axis = x!.shape.length - 1;
    const share = g.scalar(1 / (x!.shape[axis] as number));
    const normal = g.mul(g.sub(x!, mean!), inverseDeviation!);
    const dn = g.mul(dy, gamma!);
    const meanOfDn = g.mul(g.sum(dn, [axis]), share);
    const meanAlongNormal = g.mul(g.sum(g.mul(dn, normal), [axis]), share);
    return [
      g.mul(g.sub(g.sub(dn, meanOfDn), g.mul(normal, meanAlongNormal)), inverseDeviation!),
      unbroadcast(g, g.mul(dy, normal), gamma!.shape),
      unbroadcast(g, dy, beta!.shape),
    ];
  },
  ReduceSum: (g, { inputs: [x] }, dy) => {
    if (dy.shape.length !== x!.shape.length) throw new Error('only sums that keep their axes have a gradient');
    return [g.expand(dy, x!), null];
  },
  MatMul: matmulPullback,
  Gemm: matmulPullback,
  FusedMatMul: matmulPullback,
  Reshape: (g, { inputs: [x] }, dy) => [g.reshapeLike(dy, x!), null],
  Unsqueeze: (g, { inputs: [x] }, dy) => [g.reshapeLike(dy, x!), null],
  Transpose: (g, { attributes }, dy) => {
    const order = (attributes['perm'] as { ints: readonly number[] }).ints;
    return [
      g.transpose(
        dy,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ];
  },
  Gather: (g, { inputs: [table, index] }, dy) => {
    const rows = dy.shape.at(-1) as number;
    const flatIndex = g.reshape(index!, [-1], [index!.shape.join('*')]);
    const flatRows = g.reshape(dy, [-1, rows], [flatIndex.shape[0]!, rows]);
    return [g.scatterAdd(g.expand(g.scalar(0), table!), flatIndex, flatRows), null];
  },
};

/** The operators that have a gradient; the tests check each of them. */
export const DIFFERENTIABLE: readonly string[] = Object.keys(PULLBACKS);

/**
 * Appends the gradients of a value with respect to each of `parameters`. `seeds` holds the gradients of that value with
 * respect to the tensors it was computed from: for a scalar `loss`, `new Map([[loss, graph.scalar(1)]])`; a loss with a
 * gradient of its own (see `loss.ts`) starts further back. Throws where a parameter is not reached or an operator on the
 * way has no gradient.
 */
export function differentiate(graph: Graph, seeds: ReadonlyMap<Tensor, Tensor>, parameters: readonly Tensor[]): Tensor[] {
  const forward = [...graph.nodes];
  const moving = new Set(parameters.map(({ name }) => name));
  for (const node of forward) {
    if (node.inputs.some(({ name }) => moving.has(name))) for (const { name } of node.outputs) moving.add(name);
  }
  const gradients = new Map([...seeds].map(([tensor, gradient]) => [tensor.name, gradient]));
  const accumulate = (tensor: Tensor, gradient: Tensor) => {
    const sofar = gradients.get(tensor.name);
    gradients.set(tensor.name, sofar ? graph.add(sofar, gradient) : gradient);
  };
  for (const node of forward.reverse()) {
    const gradient = gradients.get(node.outputs[0]!.name);
    const wanted = node.inputs.map(({ name }) => moving.has(name));
    if (!gradient || !wanted.includes(true)) continue;
    const pullback = PULLBACKS[node.op];
    if (!pullback) throw new Error(`${node.op} has no gradient`);
    pullback(graph, node, gradient, wanted).forEach((inputGradient, at) => {
      if (inputGradient && wanted[at]) accumulate(node.inputs[at]!, inputGradient);
    });
  }
  return parameters.map((parameter) => {
    const gradient = gradients.get(parameter.name);
    if (!gradient) throw new Error(`the loss does not depend on ${parameter.name}`);
    return gradient;
  });
}

/** y = A·B with either read transposed. A weight matrix B [k, n] under leading axes of A sums over all of them. */
function matmulPullback(g: Graph, node: Node, dy: Tensor, [da, db]: readonly boolean[]): (Tensor | null)[] {
  const [a, b] = node.inputs as [Tensor, Tensor];
  const transA = flag(node, 'transA');
  const transB = flag(node, 'transB');
  if (transA) throw new Error('a product whose left side is transposed has no gradient here');
  const gradientA = () => g.matmul(dy, b, { b: !transB });
  const gradientB = () => {
    const shared = b.shape.length === 2 && a.shape.length > 2;
    const left = shared ? flattenRows(g, a) : a;
    const right = shared ? flattenRows(g, dy) : dy;
    return transB ? g.matmul(right, left, { a: true }) : g.matmul(left, right, { a: true });
  };
  return [da ? gradientA() : null, db ? gradientB() : null];
}

function flag(node: Node, name: string): boolean {
  const attribute = node.attributes[name];
  return attribute !== undefined && 'int' in attribute && attribute.int === 1;
}

/** [..., k] -> [rows, k] */
function flattenRows(g: Graph, x: Tensor): Tensor {
  const last = x.shape.at(-1) as number;
  return g.reshape(x, [-1, last], [x.shape.slice(0, -1).join('*'), last]);
}

/** Sums a gradient back to the shape of an operand that was broadcast. */
function unbroadcast(g: Graph, gradient: Tensor, shape: Shape): Tensor {
  const extra = gradient.shape.length - shape.length;
  const leading = Array.from({ length: extra }, (_, axis) => axis);
  const summed = extra > 0 ? g.sum(gradient, leading, 'dropped') : gradient;
  const stretched = summed.shape.flatMap((dim, axis) => (shape[axis] === 1 && dim !== 1 ? [axis] : []));
  return stretched.length > 0 ? g.sum(summed, stretched) : summed;
}
