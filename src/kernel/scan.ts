import { dequantizeRow, ROW_BYTES, scaleQuery, type QuantizedMatrix } from './quantize.ts';
import { TopK } from './topk.ts';

/** Layout of the scan's memory, in bytes; `products` has its list where `nearest` has its hits. */
const QUERY_AT = 0; // int16 or float32 [64]
const HITS_AT = 1024;
const HITS_CAPACITY = 512;
const ROWS_AT = 65_536;
const LIST_CAPACITY = (ROWS_AT - HITS_AT) / 4;
const PAGE_BYTES = 65_536;
/** The query is widened to int16 as far as the sum of 64 products stays within int32. */
const QUERY_MAX = 16_383;

interface ScanExports {
  readonly memory: WebAssembly.Memory;
  readonly hitCount: WebAssembly.Global;
  products(query: number, rows: number, list: number, count: number): void;
  scan(query: number, rows: number, row: number, end: number, threshold: number, hits: number, capacity: number): number;
}

/** Exact top-k inner products over a matrix of item vectors. */
export interface Scanner {
  /**
   * The `k` rows with the highest inner product with `query` [dims], in no order of their scores. Rows whose `permitted` entry
   * is zero are passed over. The query is rounded to 15 bits; the matrix is read as it is.
   */
  nearest(query: Float32Array, k: number, permitted?: Uint8Array): Int32Array;
  /** The inner products [rows] of `query` [dims] with these rows, in full precision of the query. */
  products(query: Float32Array, rows: Int32Array): Float32Array;
  /** Writes row `row` into `out` at `offset`: dims floats. */
  read(row: number, out: Float32Array, offset: number): void;
  /** Bytes of memory this scanner holds. */
  readonly memoryBytes: number;
}

/** Copies the int8 `matrix` into the memory of a new instance of the `scan.wasm` module. */
export function createScanner(module: WebAssembly.Module, matrix: QuantizedMatrix): Scanner {
  const { memory, hitCount, products, scan } = new WebAssembly.Instance(module).exports as unknown as ScanExports;
  const rowsPadded = Math.ceil(matrix.count / 4) * 4;
  const pages = Math.ceil((ROWS_AT + rowsPadded * ROW_BYTES) / PAGE_BYTES);
  memory.grow(pages - 1);
  new Int8Array(memory.buffer, ROWS_AT).set(matrix.codes);
  const queryView = new Int16Array(memory.buffer, QUERY_AT, ROW_BYTES);
  const exactQuery = new Float32Array(memory.buffer, QUERY_AT, ROW_BYTES);
  const list = new Int32Array(memory.buffer, HITS_AT, LIST_CAPACITY);
  const listed = new Float32Array(memory.buffer, HITS_AT, LIST_CAPACITY);
  const hits = new Int32Array(memory.buffer, HITS_AT, 2 * (HITS_CAPACITY + 3)); // [hit, (score, row)]

  return {
    memoryBytes: memory.buffer.byteLength,
    nearest(query, k, permitted) {
      const scaled = scaleQuery(matrix, query);
      let largest = 0;
      for (const value of scaled) largest = Math.max(largest, Math.abs(value));
      const step = largest / QUERY_MAX || 1;
      queryView.fill(0);
      for (let d = 0; d < matrix.dims; d++) queryView[d] = Math.round(scaled[d]! / step);

      const best = new TopK(Math.min(k, matrix.count));
      for (let row = 0; row < matrix.count && best.capacity > 0;) {
        const threshold = Math.max(best.threshold, -0x80000000);
        row = scan(QUERY_AT, ROWS_AT, row, rowsPadded, threshold, HITS_AT, HITS_CAPACITY);
        const found = hitCount.value as number;
        for (let hit = 0; hit < found; hit++) {
          const hitRow = hits[2 * hit + 1]!;
          if (hitRow < matrix.count && permitted?.[hitRow] !== 0) best.offer(hits[2 * hit]!, hitRow);
        }
      }
      return best.unordered();
    },
    products(query, rows) {
      exactQuery.fill(0);
      exactQuery.set(scaleQuery(matrix, query));
      const found = new Float32Array(rows.length);
      for (let at = 0; at < rows.length; at += LIST_CAPACITY) {
        const part = rows.subarray(at, at + LIST_CAPACITY);
        list.set(part);
        products(QUERY_AT, ROWS_AT, HITS_AT, part.length);
        found.set(listed.subarray(0, part.length), at);
      }
      return found;
    },
    read: (row, out, offset) => dequantizeRow(matrix, row, out, offset),
  };
}
