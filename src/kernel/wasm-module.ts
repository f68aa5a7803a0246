/** The binary format of WebAssembly as far as a module is cut or added to here: its sections, and the bodies of its functions. */

import { joinBytes } from './bytes.ts';

/** Numbers of sections in the format. */
export const SECTION = { globals: 6, exports: 7, code: 10 } as const;

export interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

/** `\0asm` and the version. */
const HEADER_BYTES = 8;

/** Throws RangeError on bytes that end too early. */
export function readSections(module: Uint8Array): Section[] {
  const sections: Section[] = [];
  for (let at = HEADER_BYTES; at < module.length;) {
    const { value: size, end: start } = readUnsigned(module, at + 1);
    if (start + size > module.length) throw new RangeError('the module is not whole');
    sections.push({ id: module[at]!, content: module.subarray(start, start + size) });
    at = start + size;
  }
  return sections;
}

/** The module again, with its sections as `change` gives them. */
export function changeSections(module: Uint8Array, change: (section: Section) => Uint8Array): Uint8Array<ArrayBuffer> {
  const parts = readSections(module).flatMap((section) => {
    const content = change(section);
    return [Uint8Array.of(section.id, ...encodeUnsigned(content.length)), content];
  });
  return joinBytes([module.subarray(0, HEADER_BYTES), ...parts]);
}

/** The bodies of the functions that a module defines, from the content of its code section: declarations of locals, then instructions. */
export function readBodies(code: Uint8Array): Uint8Array[] {
  const { value: count, end } = readUnsigned(code, 0);
  const bodies: Uint8Array[] = [];
  for (let at = end; bodies.length < count;) {
    const { value: size, end: start } = readUnsigned(code, at);
    bodies.push(code.subarray(start, start + size));
    at = start + size;
  }
  return bodies;
}

/** The reverse. */
export function writeBodies(bodies: readonly Uint8Array[]): Uint8Array {
  return joinBytes([encodeUnsigned(bodies.length), ...bodies.flatMap((body) => [encodeUnsigned(body.length), body])]);
}

/** A number in LEB128, and where the bytes after it begin. */
export function readUnsigned(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let end = at, shift = 0; end < bytes.length; shift += 7) {
    const byte = bytes[end++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: value >>> 0, end };
  }
  throw new RangeError('the module is not whole');
}

export function encodeUnsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.of(...bytes, rest);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
