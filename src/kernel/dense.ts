/** What `dense.wat` exports: float32 operators over its memory. Addresses and steps are bytes, sizes are counts; matrices are dense, row by row. */
export interface DenseExports {
  readonly memory: WebAssembly.Memory;
  /** a [m, k] · b [k, n] -> out [m, n]; n is a multiple of 8 */
  product(a: number, b: number, out: number, m: number, k: number, n: number): void;
  /** a [m, k] · bᵀ, b [n, k] -> out [m, n]; k is a multiple of 4 */
  productTransposed(a: number, b: number, out: number, m: number, k: number, n: number): void;
  /** a [rows, columns] + b, whose rows begin `step` after each other -> out [rows, columns]; `out` may be `a` */
  add(a: number, b: number, out: number, rows: number, columns: number, step: number): void;
  /** a [count] · factor -> out [count]; a multiple of 4 */
  scale(a: number, factor: number, out: number, count: number): void;
  /** the larger of a [count] and 0 -> out [count]; a multiple of 4 */
  relu(a: number, out: number, count: number): void;
  /** every row of a [rows, columns] to mean 0 and variance 1, times gamma, plus beta -> out; columns is a multiple of 4 */
  normalise(a: number, gamma: number, beta: number, out: number, rows: number, columns: number, epsilon: number): void;
  /** softmax of every row of a [rows, columns] -> out */
  softmax(a: number, out: number, rows: number, columns: number): void;
}

export const instantiateDense = (module: WebAssembly.Module): DenseExports =>
  new WebAssembly.Instance(module).exports as unknown as DenseExports;
