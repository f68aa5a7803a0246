import { fnv1aOf } from '../../kernel/hash.ts';
import { Texts } from './texts.ts';

/** Finds the row of an id, as a map does. */
export type RowOf = Pick<ReadonlyMap<string, number>, 'get' | 'has'>;

const ENCODER = new TextEncoder();
/** Slots an id, so that few ids meet others on the way. */
const SLOTS = 2;

/**
 * The rows of ids: a hash table of row numbers with linear probing over the bytes of the ids themselves. A map of 200,000 strings takes some
 * 20 MB, this 2. Made at the first question.
 */
export class IdIndex implements RowOf {
  private readonly ids: Texts;
  private table: Uint32Array | undefined;
  private asked = new Uint8Array(0);

  constructor(ids: Texts) {
    this.ids = ids;
  }

  get(id: string): number | undefined {
    const written = this.encode(id);
    const slots = (this.table ??= makeTable(this.ids));
    for (let slot = hash(this.asked, 0, written) & (slots.length - 1); slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const row = slots[slot]! - 1;
      if (this.isAt(row, written)) return row;
    }
    return undefined;
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  /** Writes the UTF-8 of an id into `asked` -> how many bytes. Most ids are ASCII, and a loop is done before the platform's encoder has been called. */
  private encode(id: string): number {
    if (this.asked.length < 3 * id.length) this.asked = new Uint8Array(3 * id.length); // a UTF-16 unit has three bytes at most
    const { asked } = this;
    for (let k = 0; k < id.length; k++) {
      const unit = id.charCodeAt(k);
      if (unit >= 0x80) return ENCODER.encodeInto(id, asked).written;
      asked[k] = unit;
    }
    return id.length;
  }

  /** Whether the id of the row is what was asked for, of so many bytes. */
  private isAt(row: number, length: number): boolean {
    const { start, bytes } = this.ids;
    const from = start[row]!;
    if (start[row + 1]! - from !== length) return false;
    for (let k = 0; k < length; k++) if (bytes[from + k] !== this.asked[k]) return false;
    return true;
  }
}

/** 1 + the row in each slot that is taken, 0 in the others; a power of two of them. */
function makeTable({ start, bytes, length }: Texts): Uint32Array {
  const slots = new Uint32Array(2 ** Math.ceil(Math.log2(SLOTS * length + 1)));
  const last = slots.length - 1;
  for (let row = 0; row < length; row++) {
    let slot = hash(bytes, start[row]!, start[row + 1]!) & last;
    while (slots[slot] !== 0) slot = (slot + 1) & last;
    slots[slot] = row + 1;
  }
  return slots;
}

/** Its bits mixed once more: only the low ones are used. */
function hash(bytes: Uint8Array, from: number, end: number): number {
  const value = fnv1aOf(bytes, from, end);
  return value ^ (value >>> 15);
}
