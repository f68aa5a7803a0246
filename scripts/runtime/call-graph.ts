import wabt from 'wabt';

/**
 * The functions that each function of `module` calls by name, both counted without the imported ones. Calls through a table
 * are not in it: nobody knows where they lead before they happen.
 */
export async function readCalls(module: Uint8Array<ArrayBuffer>): Promise<number[][]> {
  const imported = WebAssembly.Module.imports(await WebAssembly.compile(module)).filter(({ kind }) => kind === 'function').length;
  const { readWasm } = await wabt();
  const read = readWasm(module, { readDebugNames: false, threads: true });
  const calls: number[][] = [];
  try {
    const text = read.toText({ foldExprs: false, inlineExport: false });
    for (const [, defined, called] of text.matchAll(/^ {2}\(func \(;(\d+);\)|^ +call (\d+)/gm)) {
      if (defined !== undefined) calls[Number(defined) - imported] = [];
      else if (Number(called) >= imported) calls.at(-1)!.push(Number(called) - imported);
    }
  } finally {
    read.destroy();
  }
  return calls;
}

/** All that can be reached from `roots` by such calls, the roots included. */
export function reachedFrom(roots: Iterable<number>, calls: readonly (readonly number[])[]): Set<number> {
  const reached = new Set(roots);
  for (const at of reached) for (const called of calls[at] ?? []) reached.add(called); // a set goes on over what is added to it
  return reached;
}
