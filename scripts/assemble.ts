import wabt from 'wabt';

/** The binary of a module in WebAssembly's text format; throws on one that is not valid. */
export async function assemble(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const { parseWat } = await wabt();
  const module = parseWat('module.wat', text, { simd: true, mutable_globals: true });
  try {
    module.validate();
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}
