/** One weighted equation: Σ values · x[columns] ≈ target. */
export interface Equation {
  readonly columns: Int32Array;
  readonly values: Float32Array;
  /** [dims] */
  readonly target: Float32Array;
  readonly weight: number;
}

/** Steps at most; the residual is small long before. */
const STEPS_MAX = 40;
/** A column whose squared residual has fallen to this share is solved. */
const SOLVED = 1e-8;

/**
 * Solves (AᵀWA + λI)·x = AᵀW·targets -> [unknowns, dims] for sparse equations, every column of the targets by itself but in step
 * (conjugate gradients: Hestenes & Stiefel, 1952). A column that is solved stays as it is.
 */
export function conjugateGradients(equations: readonly Equation[], unknowns: number, dims: number, lambda: number): Float32Array {
  const x = new Float32Array(unknowns * dims);
  const residual = new Float32Array(unknowns * dims);
  for (const { columns, values, target, weight } of equations) {
    columns.forEach((column, k) => addScaled(residual, column * dims, target, weight * values[k]!, dims));
  }
  const step = residual.slice();
  let squares = columnProducts(residual, residual, dims);
  const start = squares;
  for (let round = 0; round < STEPS_MAX && squares.some((square, d) => square > SOLVED * start[d]!); round++) {
    const image = applyNormal(equations, step, dims, lambda); // (AᵀWA + λI)·step
    const along = columnProducts(step, image, dims);
    const pace = squares.map((square, d) => (along[d]! > 0 ? square / along[d]! : 0));
    for (let at = 0; at < x.length; at++) {
      const d = at % dims;
      x[at]! += pace[d]! * step[at]!;
      residual[at]! -= pace[d]! * image[at]!;
    }
    const next = columnProducts(residual, residual, dims);
    for (let at = 0; at < x.length; at++) {
      const d = at % dims;
      step[at] = residual[at]! + (squares[d]! > 0 ? next[d]! / squares[d]! : 0) * step[at]!;
    }
    squares = next;
  }
  return x;
}

function applyNormal(equations: readonly Equation[], x: Float32Array, dims: number, lambda: number): Float32Array {
  const image = x.map((value) => lambda * value);
  const row = new Float32Array(dims);
  for (const { columns, values, weight } of equations) {
    row.fill(0);
    for (let k = 0; k < columns.length; k++) {
      const from = columns[k]! * dims;
      for (let d = 0; d < dims; d++) row[d]! += values[k]! * x[from + d]!;
    }
    for (let k = 0; k < columns.length; k++) addScaled(image, columns[k]! * dims, row, weight * values[k]!, dims);
  }
  return image;
}

function addScaled(to: Float32Array, at: number, from: Float32Array, scale: number, dims: number): void {
  for (let d = 0; d < dims; d++) to[at + d]! += scale * from[d]!;
}

/** [dims] the inner product of each column of `a` with that of `b` */
function columnProducts(a: Float32Array, b: Float32Array, dims: number): Float64Array {
  const sums = new Float64Array(dims);
  for (let at = 0; at < a.length; at++) sums[at % dims]! += a[at]! * b[at]!;
  return sums;
}
