/** Arrays of numbers one after another in bytes. */

/** A part whose bytes do not hold what the manifest says. */
export class FormatError extends Error {
  override name = 'FormatError';
}

type Numbers = Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array | Int8Array;

/** Bytes at the start of a buffer of their own, as arrays of wider numbers need them; copied only if they are not there yet. */
export function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset === 0 ? bytes : bytes.slice();
}

export function expectLength(part: string, bytes: Uint8Array, expected: number): void {
  if (bytes.length !== expected) throw new FormatError(`${part}: expected ${expected} bytes, found ${bytes.length}`);
}

interface ArrayType<A extends Numbers> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A;
}

/** Takes arrays of known lengths off bytes, one after another, without copying them. Throws `FormatError` where the bytes are too few or too many. */
export class ArrayReader {
  private readonly part: string;
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(part: string, bytes: Uint8Array) {
    this.part = part;
    this.bytes = aligned(bytes);
  }

  take<A extends Numbers>(type: ArrayType<A>, length: number): A {
    const from = this.at;
    this.at += length * type.BYTES_PER_ELEMENT;
    if (this.at > this.bytes.length) throw new FormatError(`${this.part}: ${this.bytes.length} bytes are too few`);
    return new type(this.bytes.buffer, from, length);
  }

  end(): void {
    expectLength(this.part, this.bytes, this.at);
  }
}
