import type { RecommendedItem } from '../domain/recommendation.ts';
import { dequantizeRow, dotRow, rowProduct, scaleQuery } from '../kernel/quantize.ts';
import { neighbourWeight } from '../model/neighbours.ts';
import { presentItems } from './present.ts';
import type { Serving } from './serving.ts';

/** What counting finds weighs as much as this much cosine: it is evidence, the vector a guess. */
const CO_VISIT_WEIGHT = 4;
const CANDIDATES = 100;

/** Items like `row`: those the same people had and those whose vectors point the same way, by both together. Needs no encoder. */
export function similarItems(row: number, limit: number, { snapshot, scanner }: Serving): RecommendedItem[] {
  const { vectors, coVisits } = snapshot;
  const vector = new Float32Array(vectors.dims);
  dequantizeRow(vectors, row, vector, 0);
  const scaled = scaleQuery(vectors, vector);
  const norm = Math.sqrt(rowProduct(vectors, row, row));
  const near = scanner.top(vector, CANDIDATES).map((hit) => hit.row);
  const together = coVisits.item.subarray(coVisits.start[row], coVisits.start[row + 1]);
  const candidates = new Set([...near, ...together]);
  candidates.delete(row);
  const scored = [...candidates].map((other) => {
    const cosine = dotRow(vectors, other, scaled) / (norm * Math.sqrt(rowProduct(vectors, other, other)) || 1);
    return { row: other, score: cosine + CO_VISIT_WEIGHT * neighbourWeight(coVisits, row, other) };
  });
  const best = scored.sort((a, b) => b.score - a.score).slice(0, limit);
  return presentItems(best, [row], 1, snapshot);
}
