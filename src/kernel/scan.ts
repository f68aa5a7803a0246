import { dequantizeRow, ROW_BYTES, scaleQuery, type QuantizedMatrix } from './quantize.ts';

/** Layout of the scan's memory, in bytes; `products` has its list where `nearest` has its heap. */
const QUERY_AT = 0; // int16 or float32 [64]
const HEAP_AT = 1024;
const ROWS_AT = 65_536;
const ENTRY_WORDS = 2; // ~row, score
const HEAP_CAPACITY = (ROWS_AT - HEAP_AT) / (4 * ENTRY_WORDS);
const LIST_CAPACITY = (ROWS_AT - HEAP_AT) / 4;
const PAGE_BYTES = 65_536;
/** The query is widened to int16 as far as the sum of 64 products stays within int32. */
const QUERY_MAX = 16_383;
/** In place of the address of `permitted`. */
const ALL_PERMITTED = 0;

/** What `scan.wat` exports. */
export interface ScanExports {
  readonly memory: WebAssembly.Memory;
  products(query: number, rows: number, list: number, count: number): void;
  nearest(query: number, rows: number, count: number, permitted: number, heap: number, k: number): number;
}

/** Exact top-k inner products over a matrix of item vectors. */
export interface Scanner {
  /**
   * The `k` rows with the highest inner product with `query` [dims], in no order of their scores. Rows whose `permitted` entry
   * is zero are passed over. The query is rounded to 15 bits; the matrix is read as it is. Throws RangeError when more than
   * 8,064 are asked for.
   */
  nearest(query: Float32Array, k: number, permitted?: Uint8Array): Int32Array;
  /** The inner products [rows] of `query` [dims] with these rows, in full precision of the query. */
  products(query: Float32Array, rows: Int32Array): Float32Array;
  /** Writes row `row` into `out` at `offset`: dims floats. */
  read(row: number, out: Float32Array, offset: number): void;
  /** The matrix where the scan reads it: what it was made from can be let go. */
  readonly matrix: QuantizedMatrix;
  /** Bytes of memory this scanner holds. */
  readonly memoryBytes: number;
}

/** Copies the int8 `matrix` into the memory of a new instance of the `scan.wasm` module. */
export const createScanner = (module: WebAssembly.Module, matrix: QuantizedMatrix): Scanner =>
  scannerOver(new WebAssembly.Instance(module).exports as unknown as ScanExports, matrix);

/** Copies the int8 `matrix` into the memory of an instance that has just been made. */
export function scannerOver({ memory, products, nearest }: ScanExports, matrix: QuantizedMatrix): Scanner {
  const rowsPadded = Math.ceil(matrix.count / 4) * 4;
  const permittedAt = ROWS_AT + rowsPadded * ROW_BYTES;
  memory.grow(Math.ceil((permittedAt + matrix.count) / PAGE_BYTES) - 1);
  new Int8Array(memory.buffer, ROWS_AT).set(matrix.codes);
  const queryView = new Int16Array(memory.buffer, QUERY_AT, ROW_BYTES);
  const exactQuery = new Float32Array(memory.buffer, QUERY_AT, ROW_BYTES);
  const list = new Int32Array(memory.buffer, HEAP_AT, LIST_CAPACITY);
  const listed = new Float32Array(memory.buffer, HEAP_AT, LIST_CAPACITY);
  const heap = new Int32Array(memory.buffer, HEAP_AT, HEAP_CAPACITY * ENTRY_WORDS);
  const permittedView = new Uint8Array(memory.buffer, permittedAt, matrix.count);

  const held = { ...matrix, codes: new Int8Array(memory.buffer, ROWS_AT, matrix.codes.length) };

  return {
    matrix: held,
    memoryBytes: memory.buffer.byteLength,
    nearest(query, k, permitted) {
      const wanted = Math.min(k, held.count);
      if (wanted > HEAP_CAPACITY) throw new RangeError(`${wanted} rows are asked for; the scan finds at most ${HEAP_CAPACITY}`);
      if (wanted === 0) return new Int32Array();
      const scaled = scaleQuery(held, query);
      let largest = 0;
      for (const value of scaled) largest = Math.max(largest, Math.abs(value));
      const step = largest / QUERY_MAX || 1;
      queryView.fill(0);
      for (let d = 0; d < held.dims; d++) queryView[d] = Math.round(scaled[d]! / step);

      if (permitted) permittedView.set(permitted);
      const size = nearest(QUERY_AT, ROWS_AT, held.count, permitted ? permittedAt : ALL_PERMITTED, HEAP_AT, wanted);
      const found = new Int32Array(size);
      for (let at = 0; at < size; at++) found[at] = ~heap[at * ENTRY_WORDS]!;
      return found;
    },
    products(query, rows) {
      exactQuery.fill(0);
      exactQuery.set(scaleQuery(held, query));
      const found = new Float32Array(rows.length);
      for (let at = 0; at < rows.length; at += LIST_CAPACITY) {
        const part = rows.subarray(at, at + LIST_CAPACITY);
        list.set(part);
        products(QUERY_AT, ROWS_AT, HEAP_AT, part.length);
        found.set(listed.subarray(0, part.length), at);
      }
      return found;
    },
    read: (row, out, offset) => dequantizeRow(held, row, out, offset),
  };
}
