import type { Dim, Graph, Node } from '../src/model/graph.ts';

/** What a graph computes, whatever computes it. */
export interface GraphCounts {
  /** Multiplications (each with an addition) of its matrix products. */
  readonly multiplications: number;
  /** Elements that all other operators write: what is bound by memory and calls. */
  readonly elements: number;
  readonly operators: number;
}

const PRODUCTS = new Set(['MatMul', 'Gemm', 'FusedMatMul']);

/** Of one run in which the sizes with names are these. Throws RangeError on a name that has no size. */
export function countGraph({ nodes }: Graph, sizes: Readonly<Record<string, number>>): GraphCounts {
  const sizeOf = (dim: Dim): number => {
    const size = typeof dim === 'number' ? dim : sizes[dim];
    if (size === undefined) throw new RangeError(`nothing says how large ${dim} is`);
    return size;
  };
  const elementsOf = ({ outputs }: Node) => outputs[0]!.shape.reduce<number>((product, dim) => product * sizeOf(dim), 1);
  const products = nodes.filter(({ op }) => PRODUCTS.has(op));
  const others = nodes.filter(({ op }) => !PRODUCTS.has(op));
  return {
    multiplications: products.reduce((sum, node) => sum + elementsOf(node) * sizeOf(addedUp(node)), 0),
    elements: others.reduce((sum, node) => sum + elementsOf(node), 0),
    operators: nodes.length,
  };
}

/** The axis that a product adds up: the columns of its first factor, or its rows where it is read transposed. */
function addedUp({ inputs, attributes }: Node): Dim {
  const transposed = attributes['transA'];
  return inputs[0]!.shape.at(transposed && 'int' in transposed && transposed.int === 1 ? -2 : -1)!;
}
