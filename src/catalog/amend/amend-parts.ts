/** The parts of an amended snapshot, each by itself: a refresh has memory for one of them at a time. */
import type { Item } from '../../domain/item.ts';
import { LongerMatrix, quantizeRow, ROW_BYTES, type QuantizedMatrix } from '../../kernel/quantize.ts';
import type { Items } from '../columns/items.ts';
import type { ItemStatistics } from '../snapshot.ts';
import type { AddedItem, Amendment, RowChange } from './amendment.ts';

/** One at a time: a catalogue has room for its columns, not for all its items. */
export function* amendItems(items: Items, { kept, changed, added }: Amendment): Generator<Item, void> {
  for (const row of kept) yield changed.get(row) ?? items.at(row);
  for (const { item } of added) yield item;
}

/**
 * The codes of kept rows stay as they are, but of those that have a vector in `placed` (by rows of the amended version), as new ones may; such
 * vectors are quantised by the scales that are there and clipped where they exceed them.
 */
export function amendVectors(
  { dims, scales, codes }: QuantizedMatrix,
  { kept, added }: RowChange,
  placed: ReadonlyMap<number, Float32Array>,
): QuantizedMatrix {
  const count = kept.length + added.length;
  const amended = new Int8Array(count * ROW_BYTES);
  kept.forEach((row, at) => amended.set(codes.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES), at * ROW_BYTES));
  for (const [row, vector] of placed) quantizeRow(vector, { scales }, amended, row);
  return { count, dims, scales, codes: amended };
}

/** The rows that there are, and behind them those of new items, by the same scales. */
export function lengthenVectors(vectors: QuantizedMatrix, added: readonly AddedItem[]): QuantizedMatrix {
  const later = new Int8Array(added.length * ROW_BYTES);
  added.forEach(({ embedding }, row) => embedding && quantizeRow(embedding.vector, vectors, later, row));
  return new LongerMatrix(vectors, later);
}

/** Of a catalogue's items in the order of popularity, the place of the one that new items are as popular as. */
const RARE = 0.75;

/**
 * New items have no past, and the ranker has not learned from items without one: it would show them everywhere. So they are taken for rare
 * ones, as popular as the last quarter of the catalogue begins (decision 076).
 */
export function amendStatistics(
  { popularity, trend, ageDays }: ItemStatistics,
  byPopularity: Uint32Array,
  amendment: RowChange,
): ItemStatistics {
  const rare = byPopularity[Math.floor(RARE * byPopularity.length)];
  return {
    popularity: pick(popularity, amendment, rare === undefined ? 0 : popularity[rare]!),
    trend: pick(trend, amendment, 0),
    ageDays: pick(ageDays, amendment, 0),
  };
}

/** The values of kept rows, and `ofNew` for new ones. */
function pick(values: Float32Array, { kept, added }: RowChange, ofNew: number): Float32Array {
  const picked = new Float32Array(kept.length + added.length).fill(ofNew);
  kept.forEach((row, at) => (picked[at] = values[row]!));
  return picked;
}
