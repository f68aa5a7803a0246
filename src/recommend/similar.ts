import type { RecommendedItem } from '../domain/recommendation.ts';
import { dequantizeRow, rowProduct } from '../kernel/quantize.ts';
import { neighbourWeight } from '../model/neighbours.ts';
import { presentItems } from './present.ts';
import type { Serving } from './serving.ts';

/** What counting finds weighs as much as this much cosine: it is evidence, the vector a guess. */
const CO_VISIT_WEIGHT = 4;
const CANDIDATES = 100;

/**
 * Items like `row`: those the same people had and those whose vectors point the same way, by both together. Rows whose `permitted` entry
 * [items] is 0 are passed over. Needs no encoder.
 */
export function similarItems(row: number, limit: number, { snapshot, scanner }: Serving, permitted?: Uint8Array): RecommendedItem[] {
  const { vectors, coVisits } = snapshot;
  const vector = new Float32Array(vectors.dims);
  dequantizeRow(vectors, row, vector, 0);
  const norm = Math.sqrt(rowProduct(vectors, row, row));
  const near = scanner.nearest(vector, CANDIDATES, permitted);
  const together = coVisits.item.subarray(coVisits.start[row], coVisits.start[row + 1]);
  const candidates = Int32Array.from(new Set([...near, ...together])).filter((other) => other !== row && permitted?.[other] !== 0);
  const products = scanner.products(vector, candidates);
  const scored = Array.from(candidates, (other, at) => {
    const cosine = products[at]! / (norm * Math.sqrt(rowProduct(vectors, other, other)) || 1);
    return { row: other, score: cosine + CO_VISIT_WEIGHT * neighbourWeight(coVisits, row, other) };
  });
  const best = scored.sort((a, b) => b.score - a.score).slice(0, limit);
  return presentItems(best, [row], 1, snapshot);
}
