/** ONNX Runtime without the functions that no model of ours reaches: 17,288 there are, for every operator and every type. Node only. */
import { changeSections, readBodies, SECTION, writeBodies } from '../kernel/wasm-module.ts';

/** No locals, `unreachable`, `end`: what is left of a function that is not kept, so that all others keep their numbers. */
const TRAP = Uint8Array.of(0, 0x00, 0x0b);

/** Which of the functions that a module defines are kept, a bit each, lowest first. */
export type KeptFunctions = Uint8Array;

/**
 * The same module in which a function that is not `kept` traps when it is called. Throws RangeError where `kept` is of
 * another module.
 */
export function stripFunctions(module: Uint8Array, kept: KeptFunctions): Uint8Array<ArrayBuffer> {
  return changeSections(module, ({ id, content }) => {
    if (id !== SECTION.code) return content;
    const bodies = readBodies(content);
    if (kept.length !== Math.ceil(bodies.length / 8))
      throw new RangeError(`the module has ${bodies.length} functions, and another number was traced`);
    return writeBodies(bodies.map((body, at) => (kept[at >> 3]! & (1 << (at & 7)) ? body : TRAP)));
  });
}

/** The reverse of reading bits: the functions in `numbers`, of `count`. */
export function keepFunctions(numbers: Iterable<number>, count: number): KeptFunctions {
  const kept = new Uint8Array(Math.ceil(count / 8));
  for (const at of numbers) kept[at >> 3]! |= 1 << (at & 7);
  return kept;
}
