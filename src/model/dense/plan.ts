import type { OnnxFile } from '../read-onnx.ts';
import { OPERATORS } from './operators.ts';
import type { Planner, Step } from './planner.ts';
import { NotDense, numbersOf, type Numbers, type Place, type Value } from './values.ts';

/** A graph for inputs of certain sizes: what is to be called, one after the other. */
export interface Plan {
  /** Addresses by the name of the input. */
  readonly inputs: ReadonlyMap<string, number>;
  readonly steps: readonly Step[];
  /** Address and length of the first output. */
  readonly output: { readonly at: number; readonly length: number };
  /** Up to which address it uses memory. */
  readonly end: number;
}

/**
 * Plans a graph for inputs of these shapes. `constants` are what is stored with it, by name, and `start` is the address from which memory is
 * free. A result's memory is given to another as soon as nobody reads it any more: so little is in use that it stays in the cache. Throws
 * `NotDense` where the kernels cannot execute the graph.
 */
export function planGraph(
  { inputs, outputs, nodes }: OnnxFile,
  shapes: ReadonlyMap<string, readonly number[]>,
  constants: ReadonlyMap<string, Value>,
  scalars: ReadonlyMap<number, number>,
  start: number,
): Plan {
  const values = new Map(constants);
  const readers = countReaders(nodes, outputs[0]!.name);
  const steps: Step[] = [];
  const free: Place[] = [];
  let end = start;

  const allocate = (shape: readonly number[]): Numbers => {
    const bytes = 4 * shape.reduce((product, size) => product * size, 1);
    const at = free.findIndex((place) => place.bytes === bytes);
    const [found] = at < 0 ? [] : free.splice(at, 1);
    const place = found ?? { at: end, bytes, readers: 0 };
    if (!found) end += 16 * Math.ceil(bytes / 16); // whole vectors
    return { shape, at: place.at, rowStep: 4 * (shape.at(-1) ?? 1), place };
  };
  const planner: Planner = {
    allocate,
    step: (step) => steps.push(step),
    scalar: ({ shape, at }) => {
      const value = shape.length === 0 ? scalars.get(at) : undefined;
      if (value === undefined) throw new NotDense('it multiplies element by element');
      return value;
    },
  };
  const define = (name: string, value: Value) => {
    values.set(name, value);
    if ('at' in value && value.place) value.place.readers += readers.get(name) ?? 0;
  };

  const given = new Map<string, number>();
  for (const { name } of inputs) {
    const value = allocate(shapes.get(name)!);
    define(name, value);
    given.set(name, value.at);
  }
  for (const node of nodes) {
    const operator = OPERATORS[node.op];
    if (!operator) throw new NotDense(`there is no dense ${node.op}`);
    const read = node.inputs.map((name) => values.get(name));
    define(node.outputs[0]!, operator(node, read, planner));
    for (const value of read) if (value && 'at' in value && value.place && --value.place.readers === 0) free.push(value.place);
  }
  const { at, shape } = numbersOf(values.get(outputs[0]!.name));
  return { inputs: given, steps, output: { at, length: shape.reduce((product, size) => product * size, 1) }, end };
}

/** How often each value is read; the output once more, by whoever asked. */
function countReaders(nodes: OnnxFile['nodes'], output: string): Map<string, number> {
  const readers = new Map([[output, 1]]);
  for (const { inputs } of nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  return readers;
}
