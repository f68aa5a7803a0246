/**
 * ONNX Runtime on WebAssembly, the only file that touches it. The same code runs in a Worker and in Node, so that what is
 * evaluated is what serves. It is called as its C functions are: its JavaScript interface is made for any model on any
 * backend, and takes longer for a call than a small model needs for a part of its work.
 */
import instantiate from 'onnxruntime-web/ort-wasm-simd-threaded.mjs';
import { modelOf, openSession, type Model } from './onnx-session.ts';
import { expectOk, hasStopped, LOG_LEVEL, type Ort } from './ort.ts';

export type { Model } from './onnx-session.ts';

let starting: Promise<Ort> | undefined;
let started: Ort | undefined;

/** The runtime of this isolate. One that has stopped in the middle of a call is none. */
function current(): Promise<Ort> | undefined {
  if (started && hasStopped(started)) starting = started = undefined;
  return starting;
}

/**
 * Opens an `.onnx` file. The first call in an isolate, and the first after the runtime has stopped, also starts it (0.3 s of CPU), unless a
 * recorded start has taken its place. `wasm` is the compiled `build/onnx-runtime.wasm`. Rejects when the bytes are not a model that the runtime
 * can run, with RuntimeStopped where it needs a function that the build leaves out.
 */
export async function openInRuntime(wasm: WebAssembly.Module, bytes: Uint8Array): Promise<Model> {
  const ort = await (current() ?? start(wasm));
  return modelOf(ort, openSession(ort, bytes));
}

/** Whether this isolate has a runtime, or is starting one. */
export const isStarted = (): boolean => current() !== undefined;

/** Makes `ort` the runtime of this isolate, which has none yet. */
export function adoptRuntime(ort: Ort): void {
  started = ort;
  starting = Promise.resolve(ort);
}

function start(wasm: WebAssembly.Module): Promise<Ort> {
  starting = (async () => {
    const { ort } = await constructRuntime(wasm);
    initialise(ort);
    return (started = ort);
  })();
  starting.catch(() => {
    starting = undefined;
  });
  return starting;
}

export function initialise(ort: Ort): void {
  expectOk(ort, ort._OrtInit(1, LOG_LEVEL), 'start');
}

/**
 * A new instance of the runtime whose constructors have run, not yet initialised, and what `inspect` made of its memory
 * and the instance before they ran.
 */
export async function constructRuntime<R>(
  wasm: WebAssembly.Module,
  inspect?: (memory: WebAssembly.Memory, instance: WebAssembly.Instance) => R,
): Promise<{ ort: Ort; inspected: R | undefined }> {
  let memory: WebAssembly.Memory | undefined;
  let inspected: R | undefined;
  const functions = await outsideNode(() =>
    instantiate({
      numThreads: 1,
      // A Worker may not compile WebAssembly from bytes: the module is imported, and an instance of it handed in.
      instantiateWasm(imports, done) {
        const values = Object.values(imports).flatMap((group) => Object.values(group));
        memory = values.find((value) => value instanceof WebAssembly.Memory);
        const instance = new WebAssembly.Instance(wasm, memory ? withoutSurroundings(imports, memory) : imports);
        inspected = memory && inspect?.(memory, instance);
        done(instance, wasm);
      },
    }),
  );
  if (!memory) throw new Error('ONNX Runtime asks for no memory: it is another build than the one this code is for');
  return { ort: Object.assign(functions as Omit<Ort, 'memory'>, { memory }), inspected };
}

/** What this build of the runtime calls `environ_sizes_get`, `environ_get` and the opening of the main thread's mailbox. */
const IMPORT_NAMES = { environmentSizes: 'Ha', environment: 'Ga', mailbox: 'Ea' };

/**
 * The imports of the runtime with nothing in them that differs between Node and a Worker, so that its constructors make the
 * same of its memory everywhere: no environment variables (one is the language), and no mailbox, as there is no other thread.
 */
function withoutSurroundings(imports: WebAssembly.Imports, memory: WebAssembly.Memory): WebAssembly.Imports {
  const withoutEnvironment = {
    [IMPORT_NAMES.environmentSizes]: (countAt: number, bytesAt: number) => {
      const words = new Uint32Array(memory.buffer);
      words[countAt >> 2] = words[bytesAt >> 2] = 0;
      return 0;
    },
    [IMPORT_NAMES.environment]: () => 0,
    [IMPORT_NAMES.mailbox]: () => undefined,
  };
  return Object.fromEntries(Object.entries(imports).map(([group, values]) => [group, { ...values, ...withoutEnvironment }]));
}

/**
 * Runs `action` so that Emscripten does not take its surroundings for Node, where it would read its own files: it looks for
 * `process` at once when it is called, and takes that of a browser window in Electron, which is of this type, for none.
 */
function outsideNode<T>(action: () => T): T {
  const { process } = globalThis as { process?: { type?: string } };
  if (!process) return action();
  process.type = 'renderer';
  try {
    return action();
  } finally {
    delete process.type;
  }
}
