import { createHash } from 'node:crypto';

import type { Item } from '../domain/item.ts';
import type { Dataset } from './dataset.ts';

/** Bytes of an interaction: which of time and value it has 1, item 4, time 8, type 1, value 4. */
const INTERACTION_BYTES = 18;
const HAS_TIME = 1;
const HAS_VALUE = 2;

/**
 * SHA-256 (hex) of what a data set says, not of how a file says it. Hashed in turn are
 * - every item in the order of ids, as a line of JSON: id, title, price or null, categories, creation or null, and the
 *   attributes as pairs in the order of names;
 * - the names of the types that occur, sorted, as a line of JSON;
 * - every user in the order of ids: a line of JSON with the id and the number of interactions, then each interaction in
 *   its order as 18 bytes, little-endian, item and type by their place in the orders above, 0 for a time or value missing.
 *
 * All orders are those of UTF-16 code units. The name of the set and the rows that items and users have do not count.
 */
export function hashDataset(dataset: Omit<Dataset, 'hash'>): string {
  const sha = createHash('sha256');
  const items = dataset.items.map((item, row) => ({ id: item.id, item, row })).sort(byId);
  const itemRank = new Int32Array(items.length);
  for (const [rank, { item, row }] of items.entries()) {
    itemRank[row] = rank;
    sha.update(canonicalItem(item));
  }

  const used = new Set(dataset.type);
  const types = dataset.types.filter((_, row) => used.has(row)).sort();
  const typeRank = dataset.types.map((type) => types.indexOf(type));
  sha.update(`${JSON.stringify(types)}\n`);

  const users = dataset.users.map((id, row) => ({ id, row })).sort(byId);
  for (const { id, row } of users) {
    const start = dataset.start[row]!;
    const end = dataset.start[row + 1]!;
    sha.update(`${JSON.stringify([id, end - start])}\n`);
    const bytes = Buffer.alloc((end - start) * INTERACTION_BYTES);
    for (let k = start, at = 0; k < end; k++, at += INTERACTION_BYTES) {
      const atMs = dataset.atMs[k]!;
      const value = dataset.value[k]!;
      bytes.writeUInt8((Number.isNaN(atMs) ? 0 : HAS_TIME) | (Number.isNaN(value) ? 0 : HAS_VALUE), at);
      bytes.writeUInt32LE(itemRank[dataset.item[k]!]!, at + 1);
      bytes.writeDoubleLE(Number.isNaN(atMs) ? 0 : atMs, at + 5);
      bytes.writeUInt8(typeRank[dataset.type[k]!]!, at + 13);
      bytes.writeFloatLE(Number.isNaN(value) ? 0 : value, at + 14);
    }
    sha.update(bytes);
  }
  return sha.digest('hex');
}

function canonicalItem({ id, title, price, categories, createdAtMs, attributes }: Item): string {
  const pairs = Object.entries(attributes).sort(([a], [b]) => compare(a, b));
  return `${JSON.stringify([id, title, price ?? null, categories, createdAtMs ?? null, pairs])}\n`;
}

function byId(a: { id: string }, b: { id: string }): number {
  return compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
