import { normal, type Random } from '../kernel/random.ts';
import type { TermMatrix } from '../model/term-matrix.ts';

const ROUNDS = 4;

/**
 * The texts of the items in few dimensions -> [items, dims], rows of length 1 (0 for an item without text): the projection
 * of the term matrix on its leading right singular vectors (latent semantic analysis: Deerwester et al., 1990), found by
 * subspace iteration from a random start (Halko, Martinsson & Tropp, 2011).
 */
export function reduceTexts(terms: TermMatrix, dims: number, random: Random): Float32Array {
  let basis = Float32Array.from({ length: terms.termCount * dims }, () => normal(random)); // [terms, dims]
  for (let round = 0; round < ROUNDS; round++) {
    const image = orthonormalise(project(terms, basis, dims), dims); // [items, dims]
    basis = orthonormalise(projectBack(terms, image, dims), dims);
  }
  return normaliseRows(project(terms, basis, dims), dims);
}

/** terms [items, terms] · basis [terms, dims] -> [items, dims] */
function project({ itemCount, start, term, weight }: TermMatrix, basis: Float32Array, dims: number): Float32Array<ArrayBuffer> {
  const image = new Float32Array(itemCount * dims);
  for (let row = 0; row < itemCount; row++) {
    for (let k = start[row]!; k < start[row + 1]!; k++) addScaled(image, row * dims, basis, term[k]! * dims, weight[k]!, dims);
  }
  return image;
}

/** termsᵀ [terms, items] · image [items, dims] -> [terms, dims] */
function projectBack(
  { itemCount, termCount, start, term, weight }: TermMatrix,
  image: Float32Array,
  dims: number,
): Float32Array<ArrayBuffer> {
  const basis = new Float32Array(termCount * dims);
  for (let row = 0; row < itemCount; row++) {
    for (let k = start[row]!; k < start[row + 1]!; k++) addScaled(basis, term[k]! * dims, image, row * dims, weight[k]!, dims);
  }
  return basis;
}

function addScaled(to: Float32Array, toAt: number, from: Float32Array, fromAt: number, scale: number, dims: number): void {
  for (let d = 0; d < dims; d++) to[toAt + d]! += scale * from[fromAt + d]!;
}

/** Makes the columns of [rows, dims] orthogonal and of length 1, in place (modified Gram-Schmidt); one that vanishes stays 0. */
function orthonormalise(matrix: Float32Array<ArrayBuffer>, dims: number): Float32Array<ArrayBuffer> {
  const product = (a: number, b: number) => {
    let sum = 0;
    for (let at = 0; at < matrix.length; at += dims) sum += matrix[at + a]! * matrix[at + b]!;
    return sum;
  };
  for (let column = 0; column < dims; column++) {
    for (let before = 0; before < column; before++) {
      const share = product(column, before);
      for (let at = 0; at < matrix.length; at += dims) matrix[at + column]! -= share * matrix[at + before]!;
    }
    const length = Math.sqrt(product(column, column));
    const scale = length > VANISHED ? 1 / length : 0;
    for (let at = 0; at < matrix.length; at += dims) matrix[at + column]! *= scale;
  }
  return matrix;
}

/** Columns shorter than this are rounding errors: there are fewer directions than dimensions. */
const VANISHED = 1e-4;

function normaliseRows(matrix: Float32Array<ArrayBuffer>, dims: number): Float32Array {
  for (let at = 0; at < matrix.length; at += dims) {
    let squares = 0;
    for (let d = 0; d < dims; d++) squares += matrix[at + d]! ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let d = 0; d < dims; d++) matrix[at + d]! *= scale;
  }
  return matrix;
}
