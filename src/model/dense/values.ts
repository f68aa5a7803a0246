/** What a graph computes with while it is planned: sizes are known, numbers are not, but for those that sizes follow from. */

/** float32 in the memory of the kernels; row by row, `rowStep` bytes between the starts of two rows. */
export interface Numbers {
  readonly shape: readonly number[];
  /** Address in bytes. */
  readonly at: number;
  readonly rowStep: number;
  /** Where it lies; undefined for what is stored with the graph. Others may lie in the same. */
  readonly place?: Place;
}

/** Sizes and places, known when the graph is planned. */
interface Integers {
  readonly integers: readonly number[];
}

export type Value = Numbers | Integers;

/** A stretch of memory that is given away again when nothing in it is needed any more. */
export interface Place {
  readonly at: number;
  readonly bytes: number;
  /** Values in it that are still to be read. */
  readers: number;
}

/** Throws `NotDense` where something else is meant. */
export function numbersOf(value: Value | undefined): Numbers {
  if (!value || !('at' in value)) throw new NotDense('it computes with something else than float32 numbers');
  return value;
}

export function integersOf(value: Value | undefined): readonly number[] {
  if (!value || !('integers' in value)) throw new NotDense('a size in it depends on its numbers');
  return value.integers;
}

/** The sizes of a matrix whose rows follow each other without gaps; a vector is a matrix of one row. */
export function matrixOf({ shape, rowStep }: Numbers): readonly [rows: number, columns: number] {
  const [columns = 1, rows = 1, ...more] = shape.toReversed();
  if (more.length > 0) throw new NotDense('it has an axis more than a matrix');
  if (rows > 1 && rowStep !== 4 * columns) throw new NotDense('it takes columns out of a matrix');
  return [rows, columns];
}

/** A graph that the dense kernels do not execute: ONNX Runtime does. */
export class NotDense extends Error {
  override name = 'NotDense';
}
