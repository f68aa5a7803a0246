/** The parts of an amended snapshot, each by itself: a refresh has memory for one of them at a time. */
import type { Item } from '../../domain/item.ts';
import { ROW_BYTES, type QuantizedMatrix } from '../../kernel/quantize.ts';
import type { ItemStatistics } from '../snapshot.ts';
import type { Amendment } from './amendment.ts';

export function amendItems(items: readonly Item[], { kept, changed, added }: Amendment): Item[] {
  return [...Array.from(kept, (row) => changed.get(row) ?? items[row]!), ...added.map(({ item }) => item)];
}

/** The codes of kept rows stay as they are; new vectors are quantised by the scales that are there and clipped where they exceed them. */
export function amendVectors({ dims, scales, codes }: QuantizedMatrix, { kept, added }: Amendment): QuantizedMatrix {
  const count = kept.length + added.length;
  const amended = new Int8Array(count * ROW_BYTES);
  kept.forEach((row, at) => amended.set(codes.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES), at * ROW_BYTES));
  added.forEach(({ embedding }, index) => {
    const start = (kept.length + index) * ROW_BYTES;
    embedding?.vector.forEach((value, d) => {
      const code = Math.round(value / scales[d]!);
      if (Number.isFinite(code)) amended[start + d] = Math.max(-127, Math.min(127, code)); // a scale of 0 has no codes
    });
  });
  return { count, dims, scales, codes: amended };
}

/** New items have no past. */
export function amendStatistics({ popularity, trend, ageDays }: ItemStatistics, amendment: Amendment): ItemStatistics {
  return {
    popularity: pick(popularity, amendment),
    trend: pick(trend, amendment),
    ageDays: pick(ageDays, amendment),
  };
}

/** The values of kept rows, and 0 for new ones. */
function pick(values: Float32Array, { kept, added }: Amendment): Float32Array {
  const picked = new Float32Array(kept.length + added.length);
  kept.forEach((row, at) => (picked[at] = values[row]!));
  return picked;
}
