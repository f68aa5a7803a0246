/**
 * Executes an ONNX graph of few, dense operators by kernels of our own (`kernel/dense.wat`). A small encoder takes less time for its products
 * than ONNX Runtime takes to get from one operator to the next.
 */
import { instantiateDense } from '../../kernel/dense.ts';
import type { Model } from '../onnx-session.ts';
import { ELEMENT_TYPE, readOnnx, type OnnxConstant } from '../read-onnx.ts';
import { planGraph, type Plan } from './plan.ts';
import { NotDense, type Value } from './values.ts';

const PAGE_BYTES = 65_536;
/** Sizes that a graph is tried with before it is taken. */
const TRIED_ROWS = [1, 2, 5];

/**
 * Opens an `.onnx` file whose inputs are matrices, with any number of rows; undefined where the kernels do not have all that it needs. `module` is
 * the compiled `dense.wasm`. Throws on bytes that are no ONNX model.
 */
export function openDense(module: WebAssembly.Module, onnx: Uint8Array): Model | undefined {
  const file = readOnnx(onnx);
  try {
    const columns = new Map(file.inputs.map(({ name, shape }) => [name, columnsOf(shape)]));
    const model = new DenseModel(module, file, columns);
    for (const rows of TRIED_ROWS) model.planFor(() => rows);
    return model;
  } catch (cause) {
    if (cause instanceof NotDense) return undefined;
    throw cause;
  }
}

function columnsOf(shape: readonly (number | string)[]): number {
  const [, columns] = shape;
  if (shape.length !== 2 || typeof columns !== 'number') throw new NotDense('it takes something else than matrices');
  return columns;
}

class DenseModel implements Model {
  private readonly kernels;
  private readonly file;
  private readonly columns;
  private readonly constants = new Map<string, Value>();
  private readonly scalars = new Map<number, number>();
  /** Where what is stored ends. */
  private readonly start: number;
  private readonly plans = new Map<string, Plan>();

  constructor(module: WebAssembly.Module, file: ReturnType<typeof readOnnx>, columns: ReadonlyMap<string, number>) {
    this.kernels = instantiateDense(module);
    this.file = file;
    this.columns = columns;
    this.start = this.store(file.constants);
  }

  async run(given: Parameters<Model['run']>[0]): Promise<Float32Array> {
    const names = Object.keys(given);
    if (names.length !== this.columns.size || names.some((name) => given[name]!.shape[1] !== this.columns.get(name)))
      throw new Error(`the model takes ${[...this.columns.keys()].join(', ')}, and was given ${names.join(', ')}`);
    const plan = this.planFor((name) => given[name]!.shape[0]!);
    const { buffer } = this.kernels.memory;
    for (const name of names) new Float32Array(buffer).set(given[name]!.data, plan.inputs.get(name)! / 4);
    for (const step of plan.steps) step(this.kernels);
    return new Float32Array(buffer, plan.output.at, plan.output.length).slice();
  }

  async release(): Promise<void> {
    this.plans.clear();
  }

  /** The plan for so many rows of each input, made when they come for the first time. */
  planFor(rowsOf: (input: string) => number): Plan {
    const { inputs } = this.file;
    const key = inputs.map(({ name }) => rowsOf(name)).join();
    const known = this.plans.get(key);
    if (known) return known;
    const shapes = new Map(inputs.map(({ name }) => [name, [rowsOf(name), this.columns.get(name)!]]));
    const plan = planGraph(this.file, shapes, this.constants, this.scalars, this.start);
    this.reach(plan.end);
    this.plans.set(key, plan);
    return plan;
  }

  /** Writes what is stored with the graph into memory -> where it ends. */
  private store(constants: readonly OnnxConstant[]): number {
    let at = 16; // no value lies at 0
    for (const { name, elementType, shape, bytes } of constants) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (elementType === ELEMENT_TYPE.int64) {
        const integers = Array.from({ length: bytes.length / 8 }, (_, place) => Number(view.getBigInt64(8 * place, true)));
        this.constants.set(name, { integers });
        continue;
      }
      const count = shape.reduce((product, size) => product * size, 1);
      if (elementType !== ELEMENT_TYPE.float32 || bytes.length !== 4 * count) throw new NotDense('it stores something else than float32');
      this.reach(at + bytes.length);
      new Uint8Array(this.kernels.memory.buffer).set(bytes, at);
      this.constants.set(name, { shape, at, rowStep: 4 * (shape.at(-1) ?? 1) });
      if (shape.length === 0) this.scalars.set(at, view.getFloat32(0, true));
      at += 16 * Math.ceil(bytes.length / 16);
    }
    return at;
  }

  private reach(end: number): void {
    const { memory } = this.kernels;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  }
}
