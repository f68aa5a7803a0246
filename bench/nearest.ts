/** The nearest items to a history, found in the ways that a TypeScript developer has at hand, and by the scan of the Worker. */
import { create, insertMultiple, searchVector } from '@orama/orama';
import { quantizeRows } from '../src/kernel/quantize.ts';
import { createScanner } from '../src/kernel/scan.ts';
import { DIMS, mostLike } from './plain.ts';

/** The `wanted` rows most like the profile [DIMS], best first, with their scores. */
export type Search = (profile: Float32Array, wanted: number) => { row: number; score: number }[];

/** Plain JavaScript over float32, which knows no other items than `vectors` [items, DIMS]; so do the others. */
export const searchPlainly =
  (vectors: Float32Array): Search =>
  (profile, wanted) =>
    mostLike(profile, vectors, wanted);

/**
 * Orama sorts all that is more similar than this. A lower bound makes it slower, a higher one leaves fewer than ten of the random vectors here:
 * of 12,000 in 64 dimensions some hundred are above.
 */
const SIMILARITY = 0.3;

/** Orama's vector search; `score` is the cosine. */
export async function searchByOrama(vectors: Float32Array): Promise<Search> {
  const database = create({ schema: { vector: `vector[${DIMS}]` } });
  const documents = Array.from({ length: vectors.length / DIMS }, (_, row) => ({
    id: String(row),
    vector: [...vectors.subarray(row * DIMS, (row + 1) * DIMS)],
  }));
  await insertMultiple(database, documents);
  return (profile, wanted) => {
    const found = searchVector(database, {
      mode: 'vector',
      vector: { value: [...profile], property: 'vector' },
      similarity: SIMILARITY,
      limit: wanted,
    });
    if (found instanceof Promise) throw new Error('Orama has no hooks here and answers at once');
    return found.hits.map(({ id, score }) => ({ row: Number(id), score }));
  };
}

/** The scan alone, without transformer, other sources, ranker, rules and reasons. */
export function searchByScan(module: WebAssembly.Module, vectors: Float32Array): Search {
  const scanner = createScanner(module, quantizeRows(vectors, vectors.length / DIMS, DIMS));
  return (profile, wanted) => {
    const rows = scanner.nearest(profile, wanted);
    const scores = scanner.products(profile, rows);
    return Array.from(rows, (row, at) => ({ row, score: scores[at]! })).toSorted((a, b) => b.score - a.score);
  };
}
