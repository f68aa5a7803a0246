/**
 * How the parts of a snapshot are laid out in bytes. Numbers are little-endian, arrays follow each other without gaps, and
 * every length follows from the number of items and dimensions in the manifest.
 */
import type { Item } from '../domain/item.ts';
import { ROW_BYTES, type QuantizedMatrix } from '../kernel/quantize.ts';
import type { Neighbours } from '../model/neighbours.ts';

/** The parts of a snapshot, each cut into one or more shards. */
export const PARTS = ['items', 'vectors', 'rules', 'coVisits', 'popularity', 'encoder'] as const;
export type Part = (typeof PARTS)[number];

/** A part whose bytes do not hold what the manifest says. */
export class FormatError extends Error {
  override name = 'FormatError';
}

export function encodeItems(items: readonly Item[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(items));
}

export function decodeItems(bytes: Uint8Array, count: number): Item[] {
  const items = JSON.parse(new TextDecoder().decode(bytes)) as Item[];
  if (!Array.isArray(items) || items.length !== count) throw new FormatError(`items: expected ${count}`);
  return items;
}

/** scales float32 [dims], codes int8 [count, ROW_BYTES] */
export function encodeVectors({ scales, codes }: QuantizedMatrix): Uint8Array {
  return join([scales, codes]);
}

export function decodeVectors(bytes: Uint8Array, count: number, dims: number): QuantizedMatrix {
  expectLength('vectors', bytes, dims * 4 + count * ROW_BYTES);
  const scales = new Float32Array(bytes.slice(0, dims * 4).buffer);
  const codes = new Int8Array(bytes.buffer, bytes.byteOffset + dims * 4, count * ROW_BYTES);
  return { count, dims, scales, codes };
}

/** start uint32 [count + 1], item uint32 [entries], weight float32 [entries] */
export function encodeNeighbours({ start, item, weight }: Neighbours): Uint8Array {
  return join([start, item, weight]);
}

export function decodeNeighbours(bytes: Uint8Array, count: number): Neighbours {
  const startBytes = (count + 1) * 4;
  if (bytes.length < startBytes) throw new FormatError(`neighbours: ${bytes.length} bytes cannot hold ${count} items`);
  const { buffer } = aligned(bytes);
  const start = new Uint32Array(buffer, 0, count + 1);
  const entries = start[count]!;
  expectLength('neighbours', bytes, startBytes + entries * 8);
  return {
    start,
    item: new Uint32Array(buffer, startBytes, entries),
    weight: new Float32Array(buffer, startBytes + entries * 4, entries),
  };
}

export function encodeFloats(values: Float32Array): Uint8Array {
  return join([values]);
}

export function decodeFloats(bytes: Uint8Array, count: number): Float32Array {
  expectLength('floats', bytes, count * 4);
  return new Float32Array(aligned(bytes).buffer, 0, count);
}

function join(arrays: readonly (Float32Array | Uint32Array | Int8Array)[]): Uint8Array {
  const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return bytes;
}

/** Bytes at the start of a buffer of their own, as 4-byte arrays need them; copied only if they are not there yet. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset === 0 ? bytes : bytes.slice();
}

function expectLength(part: string, bytes: Uint8Array, expected: number): void {
  if (bytes.length !== expected) throw new FormatError(`${part}: expected ${expected} bytes, found ${bytes.length}`);
}
