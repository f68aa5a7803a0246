/** Begins with what would be taken for a byte order mark: that is part of a text too. */
const DECODER = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
const ENCODER = new TextEncoder();

/** Texts one after another in UTF-8: text `i` has the bytes `start[i] <= k < start[i + 1]`. One is decoded when it is asked for. */
export class Texts implements Iterable<string> {
  readonly length: number;
  /** [texts + 1] */
  readonly start: Uint32Array;
  readonly bytes: Uint8Array;

  constructor(start: Uint32Array, bytes: Uint8Array) {
    this.length = start.length - 1;
    this.start = start;
    this.bytes = bytes;
  }

  at(index: number): string {
    return DECODER.decode(this.bytes.subarray(this.start[index], this.start[index + 1]));
  }

  *[Symbol.iterator](): Generator<string, void> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }
}

const FIRST_BYTES = 4_096;

/** Puts texts together, and nothing but their bytes is held meanwhile. */
export class TextsWriter {
  private readonly ends = [0];
  private bytes = new Uint8Array(FIRST_BYTES);

  add(text: string): void {
    const from = this.ends.at(-1)!;
    if (from + 3 * text.length > this.bytes.length) {
      const more = new Uint8Array(2 * this.bytes.length + 3 * text.length); // a UTF-16 unit has three bytes at most
      more.set(this.bytes.subarray(0, from));
      this.bytes = more;
    }
    this.ends.push(from + ENCODER.encodeInto(text, this.bytes.subarray(from)).written);
  }

  finish(): Texts {
    return new Texts(Uint32Array.from(this.ends), this.bytes.subarray(0, this.ends.at(-1)));
  }
}
