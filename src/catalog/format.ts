/**
 * How the parts of a snapshot are laid out in bytes. Numbers are little-endian, arrays follow each other without gaps, and
 * every length follows from the number of items and dimensions in the manifest. The items themselves: `columns/item-bytes.ts`.
 */
import { joinBytes } from '../kernel/bytes.ts';
import { ROW_BYTES, type QuantizedMatrix } from '../kernel/quantize.ts';
import { unitOf, WEIGHT_STEPS, type Neighbours, type StoredNeighbours } from '../model/neighbours.ts';
import type { TermVectors } from '../model/text-encoder.ts';
import { aligned, expectLength, FormatError } from './layout.ts';
import type { ItemStatistics } from './snapshot.ts';

/** The parts of a snapshot, each cut into one or more shards. */
export const PARTS = ['items', 'vectors', 'rules', 'coVisits', 'texts', 'statistics', 'encoder', 'ranker', 'words'] as const;
/** The recorded start of the runtime with the models of the version, which is faster to go by but never needed. */
export const START_PART = 'start';
export type Part = (typeof PARTS)[number] | typeof START_PART;

/** scales float32 [dims], codes int8 [count, ROW_BYTES] */
export function encodeVectors({ scales, codes }: QuantizedMatrix): Uint8Array {
  return joinBytes([scales, codes]);
}

export function decodeVectors(bytes: Uint8Array, count: number, dims: number): QuantizedMatrix {
  expectLength('vectors', bytes, dims * 4 + count * ROW_BYTES);
  const scales = new Float32Array(bytes.slice(0, dims * 4).buffer);
  const codes = new Int8Array(bytes.buffer, bytes.byteOffset + dims * 4, count * ROW_BYTES);
  return { count, dims, scales, codes };
}

/** From this many items on, a row needs four bytes. */
const WIDE_ROWS = 65_536;
const rowBytesOf = (count: number) => (count < WIDE_ROWS ? 2 : 4);

/** Bytes of one neighbour in a table of so many items: its row and its weight. */
export const neighbourBytes = (count: number): number => rowBytesOf(count) + 1;

/** Room for so many neighbours in a table of `count` items. */
export const makeRows = (count: number, entries: number): Uint16Array | Uint32Array =>
  rowBytesOf(count) === 2 ? new Uint16Array(entries) : new Uint32Array(entries);

/** start uint32 [count + 1], heaviest float32 [count], item uint16 or uint32 [entries], weight uint8 [entries] in steps of its row's heaviest */
export function encodeNeighbours(neighbours: Neighbours): Uint8Array {
  const { start, item, weight } = neighbours;
  const count = start.length - 1;
  const heaviest = new Float32Array(count);
  const steps = new Uint8Array(weight.length);
  for (let row = 0; row < count; row++) {
    const unit = unitOf(neighbours, row);
    for (let k = start[row]!; k < start[row + 1]!; k++) heaviest[row] = Math.max(heaviest[row]!, unit * weight[k]!);
    for (let k = start[row]!; k < start[row + 1]!; k++) steps[k] = Math.round(((unit * weight[k]!) / heaviest[row]!) * WEIGHT_STEPS);
  }
  const rows = item.BYTES_PER_ELEMENT === rowBytesOf(count) ? item : makeRows(count, item.length);
  if (rows !== item) rows.set(item);
  return joinBytes([start, heaviest, rows, steps]);
}

export function decodeNeighbours(bytes: Uint8Array, count: number): StoredNeighbours {
  const headBytes = (2 * count + 1) * 4;
  if (bytes.length < headBytes) throw new FormatError(`neighbours: ${bytes.length} bytes cannot hold ${count} items`);
  const { buffer } = aligned(bytes);
  const start = new Uint32Array(buffer, 0, count + 1);
  const heaviest = new Float32Array(buffer, (count + 1) * 4, count);
  const entries = start[count]!;
  const rowBytes = rowBytesOf(count);
  expectLength('neighbours', bytes, headBytes + entries * neighbourBytes(count));
  const item = rowBytes === 2 ? new Uint16Array(buffer, headBytes, entries) : new Uint32Array(buffer, headBytes, entries);
  const weight = new Uint8Array(buffer, headBytes + entries * rowBytes, entries);
  return { start, heaviest, item, weight };
}

/** Bytes of one item's statistics. */
export const STATISTICS_BYTES = 16;

/** popularity, trend, ageDays float32 [count] each, rows by falling popularity uint32 [count]: sorting is not a cold reader's work */
export function encodeStatistics({ popularity, trend, ageDays }: ItemStatistics): Uint8Array {
  return joinBytes([popularity, trend, ageDays, orderByPopularity(popularity)]);
}

export function decodeStatistics(bytes: Uint8Array, count: number): { statistics: ItemStatistics; byPopularity: Uint32Array } {
  expectLength('statistics', bytes, count * STATISTICS_BYTES);
  const { buffer } = aligned(bytes);
  const floats = (at: number) => new Float32Array(buffer, at * count * 4, count);
  return {
    statistics: { popularity: floats(0), trend: floats(1), ageDays: floats(2) },
    byPopularity: new Uint32Array(buffer, count * 12, count),
  };
}

/** count of the terms uint32, vectors as in `encodeVectors`, then the terms as UTF-8, a line each */
export function encodeWords({ terms, vectors }: TermVectors): Uint8Array {
  return joinBytes([Uint32Array.of(terms.length), encodeVectors(vectors), new TextEncoder().encode(terms.join('\n'))]);
}

export function decodeWords(bytes: Uint8Array, dims: number): TermVectors {
  if (bytes.length < 4) throw new FormatError(`words: ${bytes.length} bytes hold no count`);
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const end = 4 + dims * 4 + count * ROW_BYTES;
  const vectors = decodeVectors(bytes.subarray(4, end), count, dims);
  const terms = count === 0 ? [] : new TextDecoder().decode(bytes.subarray(end)).split('\n');
  if (terms.length !== count) throw new FormatError(`words: expected ${count} terms, found ${terms.length}`);
  return { terms, vectors };
}

/** Ties fall by a scrambled row: the order of a catalogue may say what its maker knew. */
function orderByPopularity(popularity: Float32Array): Uint32Array {
  const scrambled = (row: number) => Math.imul(row + 1, 0x9e3779b1) >>> 0;
  return Uint32Array.from(popularity.keys()).sort((a, b) => popularity[b]! - popularity[a]! || scrambled(a) - scrambled(b));
}

export function encodeFloats(values: Float32Array): Uint8Array {
  return joinBytes([values]);
}

export function decodeFloats(bytes: Uint8Array, count: number): Float32Array {
  expectLength('floats', bytes, count * 4);
  return new Float32Array(aligned(bytes).buffer, 0, count);
}
