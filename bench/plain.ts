/** What a TypeScript developer would otherwise write: the cosine of float32 vectors in a loop, and the best ten of it. */
import { normal, seededRandom } from '../src/kernel/random.ts';

export const DIMS = 64;

/** [items, DIMS] of unit length, the same for the same count; so what a query is compared with needs no division. */
export function makeUnitVectors(count: number): Float32Array {
  const random = seededRandom(count);
  const vectors = Float32Array.from({ length: count * DIMS }, () => normal(random));
  for (let start = 0; start < vectors.length; start += DIMS) {
    let squares = 0;
    for (let d = 0; d < DIMS; d++) squares += vectors[start + d]! ** 2;
    const length = Math.sqrt(squares);
    for (let d = 0; d < DIMS; d++) vectors[start + d]! /= length;
  }
  return vectors;
}

/** The sum of the vectors of these rows, [DIMS]: all that is asked of a profile here. */
export function profileOf(rows: readonly number[], vectors: Float32Array): Float32Array {
  const profile = new Float32Array(DIMS);
  for (const row of rows) for (let d = 0; d < DIMS; d++) profile[d]! += vectors[row * DIMS + d]!;
  return profile;
}

/** The `wanted` rows most like the profile [DIMS], best first. */
export function mostLike(profile: Float32Array, vectors: Float32Array, wanted: number): { row: number; score: number }[] {
  const best: { row: number; score: number }[] = [];
  for (let row = 0, start = 0; start < vectors.length; row++, start += DIMS) {
    let score = 0;
    for (let d = 0; d < DIMS; d++) score += profile[d]! * vectors[start + d]!;
    if (best.length === wanted && score <= best.at(-1)!.score) continue;
    let at = best.length;
    while (at > 0 && best[at - 1]!.score < score) at--;
    best.splice(at, 0, { row, score });
    if (best.length > wanted) best.pop();
  }
  return best;
}
