import { normal, seededRandom } from '../kernel/random.ts';

/** Settings of the loss below. */
export interface ImplicitAlsOptions {
  /** Length d of the vectors. */
  readonly dims: number;
  /** λ */
  readonly regularisation: number;
  /** α₀, what a pair that was not observed weighs. */
  readonly unobserved: number;
  readonly rounds: number;
  readonly seed: number;
}

/** Vectors of users and items whose inner product is near 1 where a user touched an item. */
export interface Factors {
  readonly dims: number;
  /** [items, d] */
  readonly items: Float32Array;
  /** The vector [d] of a user with these items, each named once. */
  foldIn(rows: readonly number[]): Float32Array;
}

/** Steps of conjugate gradients: few when they start from the vector of the round before (Takács et al., 2011), more from nothing. */
const STEPS = 3;
const FOLD_IN_STEPS = 12;
const START_DEVIATION = 0.1;

/**
 * Implicit alternating least squares (Hu, Koren & Volinsky, 2008) with the loss and the frequency-scaled regularisation of
 * Rendle et al., 2021, "Revisiting the performance of iALS on item recommendation benchmarks":
 *
 *   Σ_{(u,i) observed} (1 − w_u·h_i)² + α₀ Σ_{u,i} (w_u·h_i)² + λ Σ_u (|I_u| + α₀|I|) |w_u|² + λ Σ_i (|U_i| + α₀|U|) |h_i|²
 *
 * `sets` holds the rows of items of each user, each once.
 */
export function fitImplicitAls(sets: readonly (readonly number[])[], itemCount: number, options: ImplicitAlsOptions): Factors {
  const { dims, regularisation, unobserved, rounds, seed } = options;
  const random = seededRandom(seed);
  const start = (count: number) => Float32Array.from({ length: count * dims }, () => (normal(random) * START_DEVIATION) / Math.sqrt(dims));
  const users = start(sets.length);
  const items = start(itemCount);
  const usersOf: number[][] = Array.from({ length: itemCount }, () => []);
  sets.forEach((rows, user) => rows.forEach((row) => usersOf[row]!.push(user)));
  const solve = (others: Float32Array, gram: Float32Array, rows: readonly number[], vector: Float32Array, steps: number) =>
    solveVector({ others, gram, rows, vector, steps, ridge: regularisation * (rows.length + unobserved * (others.length / dims)) });
  for (let round = 0; round < rounds; round++) {
    for (const [solved, others, sides] of [
      [users, items, sets],
      [items, users, usersOf],
    ] as const) {
      const gram = scaledGram(others, dims, unobserved);
      sides.forEach((rows, at) => solve(others, gram, rows, solved.subarray(at * dims, (at + 1) * dims), STEPS));
    }
  }
  const gram = scaledGram(items, dims, unobserved);
  return {
    dims,
    items,
    foldIn(rows) {
      const vector = new Float32Array(dims);
      solve(items, gram, rows, vector, FOLD_IN_STEPS);
      return vector;
    },
  };
}

/** α₀ ΣVᵀV [d, d] of `vectors` [n, d]. */
function scaledGram(vectors: Float32Array, dims: number, scale: number): Float32Array {
  const gram = new Float64Array(dims * dims);
  for (let at = 0; at < vectors.length; at += dims) {
    for (let a = 0; a < dims; a++) {
      const value = vectors[at + a]!;
      for (let b = 0; b <= a; b++) gram[a * dims + b]! += value * vectors[at + b]!;
    }
  }
  for (let a = 0; a < dims; a++) for (let b = 0; b < a; b++) gram[b * dims + a] = gram[a * dims + b]!;
  return Float32Array.from(gram, (value) => scale * value);
}

interface System {
  /** [n, d] vectors of the other side, of which `rows` were observed */
  readonly others: Float32Array;
  readonly rows: readonly number[];
  /** [d, d] */
  readonly gram: Float32Array;
  readonly ridge: number;
  /** [d] where to start; solved in place */
  readonly vector: Float32Array;
  readonly steps: number;
}

/** Solves (gram + Σ_rows v vᵀ + ridge·I) x = Σ_rows v by conjugate gradients (Hestenes & Stiefel, 1952). */
function solveVector({ others, rows, gram, ridge, vector, steps }: System): void {
  const dims = vector.length;
  const applied = new Float32Array(dims);
  const residual = new Float32Array(dims);
  const apply = (x: Float32Array) => {
    for (let a = 0; a < dims; a++) {
      let sum = ridge * x[a]!;
      for (let b = 0; b < dims; b++) sum += gram[a * dims + b]! * x[b]!;
      applied[a] = sum;
    }
    for (const row of rows) {
      const product = dot(others, row * dims, x, dims);
      for (let d = 0; d < dims; d++) applied[d]! += product * others[row * dims + d]!;
    }
  };
  apply(vector);
  for (const row of rows) for (let d = 0; d < dims; d++) residual[d]! += others[row * dims + d]!;
  for (let d = 0; d < dims; d++) residual[d]! -= applied[d]!;
  const direction = residual.slice();
  let size = dot(residual, 0, residual, dims);
  for (let step = 0; step < steps && size > 1e-12; step++) {
    apply(direction);
    const length = size / dot(direction, 0, applied, dims);
    for (let d = 0; d < dims; d++) {
      vector[d]! += length * direction[d]!;
      residual[d]! -= length * applied[d]!;
    }
    const before = size;
    size = dot(residual, 0, residual, dims);
    for (let d = 0; d < dims; d++) direction[d] = residual[d]! + (size / before) * direction[d]!;
  }
}

/** The inner product of `b` [d] with `a` from `at` on. */
export function dot(a: Float32Array, at: number, b: Float32Array, dims: number): number {
  let sum = 0;
  for (let d = 0; d < dims; d++) sum += a[at + d]! * b[d]!;
  return sum;
}
