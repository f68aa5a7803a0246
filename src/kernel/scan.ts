import { dequantizeRow, LongerMatrix, ROW_BYTES, scaleQuery, type QuantizedMatrix } from './quantize.ts';

/** Layout of the scan's memory, in bytes; `products` has its list where `nearest` has its heap. */
const QUERY_AT = 0; // int16 or float32 [64]
const HEAP_AT = 1024;
const ROWS_AT = 65_536;
const ENTRY_WORDS = 2; // ~row, score
const HEAP_CAPACITY = (ROWS_AT - HEAP_AT) / (4 * ENTRY_WORDS);
const LIST_CAPACITY = (ROWS_AT - HEAP_AT) / 4;
const PAGE_BYTES = 65_536;
/** Rows that there is room for behind those of a matrix. */
const SPARE_ROWS = 4_096;
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
  /**
   * A scanner over another matrix in the same memory: one whose rows stand there already, or that has more behind them and there is room. Undefined for any
   * other. What stands there stays as it is.
   */
  over(matrix: QuantizedMatrix): Scanner | undefined;
  /** Bytes of memory this scanner holds. */
  readonly memoryBytes: number;
}

/** Copies the int8 `matrix` into the memory of a new instance of the `scan.wasm` module. */
export const createScanner = (module: WebAssembly.Module, matrix: QuantizedMatrix): Scanner =>
  scannerOver(new WebAssembly.Instance(module).exports as unknown as ScanExports, matrix);

/** Copies the int8 `matrix` into the memory of an instance that has just been made. */
export function scannerOver(instance: ScanExports, matrix: QuantizedMatrix): Scanner {
  const room = new RowMemory(instance.memory, matrix.count + SPARE_ROWS);
  room.put(matrix);
  return scannerOf(matrix, room, instance);
}

/** The rows in the memory of an instance, which are written once. */
class RowMemory {
  /** [capacity, ROW_BYTES] */
  readonly codes: Int8Array;
  /** [capacity] Scratch space. */
  readonly permitted: Uint8Array;
  private written = 0;

  constructor(memory: WebAssembly.Memory, atLeast: number) {
    const capacity = Math.ceil(atLeast / 4) * 4; // they are read four at a time
    const permittedAt = ROWS_AT + capacity * ROW_BYTES;
    memory.grow(Math.ceil((permittedAt + capacity) / PAGE_BYTES) - 1);
    this.codes = new Int8Array(memory.buffer, ROWS_AT, capacity * ROW_BYTES);
    this.permitted = new Uint8Array(memory.buffer, permittedAt, capacity);
  }

  /** Whether the rows of a matrix stand here now. */
  put(matrix: QuantizedMatrix): boolean {
    if (matrix.count * ROW_BYTES > this.codes.length) return false;
    if (!(matrix instanceof LongerMatrix)) return this.isHere(matrix) || this.write(matrix.codes, 0);
    const { first, later } = matrix;
    return this.put(first) && this.write(later, first.count * ROW_BYTES);
  }

  private isHere({ codes }: QuantizedMatrix): boolean {
    return codes.buffer === this.codes.buffer && codes.byteOffset === ROWS_AT;
  }

  /** Writes codes from a place on that is not behind what is written; false if something else stands there. */
  private write(codes: Int8Array, at: number): boolean {
    const known = Math.min(this.written - at, codes.length);
    for (let k = 0; k < known; k++) if (this.codes[at + k] !== codes[k]) return false;
    this.codes.set(codes.subarray(known), at + known);
    this.written = Math.max(this.written, at + codes.length);
    return true;
  }
}

/** Scans the first rows of an instance's memory, those of `matrix`. */
function scannerOf({ count, dims, scales }: QuantizedMatrix, room: RowMemory, instance: ScanExports): Scanner {
  const { memory, products, nearest } = instance;
  const queryView = new Int16Array(memory.buffer, QUERY_AT, ROW_BYTES);
  const exactQuery = new Float32Array(memory.buffer, QUERY_AT, ROW_BYTES);
  const list = new Int32Array(memory.buffer, HEAP_AT, LIST_CAPACITY);
  const listed = new Float32Array(memory.buffer, HEAP_AT, LIST_CAPACITY);
  const heap = new Int32Array(memory.buffer, HEAP_AT, HEAP_CAPACITY * ENTRY_WORDS);
  const held = { count, dims, scales, codes: room.codes.subarray(0, count * ROW_BYTES) };

  const scanner: Scanner = {
    matrix: held,
    memoryBytes: memory.buffer.byteLength,
    over: (matrix) => (matrix === held ? scanner : room.put(matrix) ? scannerOf(matrix, room, instance) : undefined),
    nearest(query, k, permitted) {
      const wanted = Math.min(k, held.count);
      if (wanted > HEAP_CAPACITY) throw new RangeError(`${wanted} rows are asked for; the scan finds at most ${HEAP_CAPACITY}`);
      if (wanted === 0) return new Int32Array();
      const scaled = scaleQuery(held, query);
      let largest = 0;
      for (let d = 0; d < scaled.length; d++) largest = Math.max(largest, Math.abs(scaled[d]!));
      const step = largest / QUERY_MAX || 1;
      queryView.fill(0);
      for (let d = 0; d < held.dims; d++) queryView[d] = Math.round(scaled[d]! / step);

      if (permitted) room.permitted.set(permitted);
      const size = nearest(QUERY_AT, ROWS_AT, held.count, permitted ? room.permitted.byteOffset : ALL_PERMITTED, HEAP_AT, wanted);
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
  return scanner;
}
