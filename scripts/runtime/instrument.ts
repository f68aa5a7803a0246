/** A module that tells which of its functions have been called: each sets a global of its own, which is exported. */
import { changeSections, encodeUnsigned, readBodies, readUnsigned, SECTION, writeBodies } from '../../src/kernel/wasm-module.ts';
import { joinBytes } from '../../src/kernel/bytes.ts';

const I32 = 0x7f;
const MUTABLE = 1;
const [I32_CONST, GLOBAL_SET, END] = [0x41, 0x24, 0x0b];
const GLOBAL = 3;
const nameOf = (at: number) => `called ${at}`;

/** `module` imports no globals, defines some and exports something. */
export function instrument(module: Uint8Array): { module: Uint8Array<ArrayBuffer>; functions: number } {
  let globals = 0;
  let functions = 0;
  const count = (content: Uint8Array) => readUnsigned(content, 0);
  changeSections(module, ({ id, content }) => {
    if (id === SECTION.globals) globals = count(content).value;
    if (id === SECTION.code) functions = count(content).value;
    return content;
  });
  /** A section's list, with an entry for every function behind it. */
  const longer = (content: Uint8Array, entry: (at: number) => Uint8Array) => {
    const { value, end } = count(content);
    return joinBytes([
      encodeUnsigned(value + functions),
      content.subarray(end),
      ...Array.from({ length: functions }, (_, at) => entry(at)),
    ]);
  };
  const marking = (body: Uint8Array, at: number) => {
    const start = localsEnd(body);
    const mark = Uint8Array.of(I32_CONST, 1, GLOBAL_SET, ...encodeUnsigned(globals + at));
    return joinBytes([body.subarray(0, start), mark, body.subarray(start)]);
  };
  const changed = changeSections(module, ({ id, content }) => {
    if (id === SECTION.globals) return longer(content, () => Uint8Array.of(I32, MUTABLE, I32_CONST, 0, END));
    if (id === SECTION.exports)
      return longer(content, (at) => joinBytes([text(nameOf(at)), Uint8Array.of(GLOBAL, ...encodeUnsigned(globals + at))]));
    return id === SECTION.code ? writeBodies(readBodies(content).map(marking)) : content;
  });
  return { module: changed, functions };
}

/** The functions that were called in an instance of an instrumented module. */
export function calledIn({ exports }: WebAssembly.Instance, functions: number): number[] {
  return Array.from({ length: functions }, (_, at) => at).filter((at) => (exports[nameOf(at)] as WebAssembly.Global).value === 1);
}

/** Where the instructions of a body begin. */
function localsEnd(body: Uint8Array): number {
  const { value: groups, end } = readUnsigned(body, 0);
  let at = end;
  for (let group = 0; group < groups; group++) at = readUnsigned(body, at).end + 1; // how many, then their type
  return at;
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return joinBytes([encodeUnsigned(bytes.length), bytes]);
}
