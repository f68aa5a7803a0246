/**
 * ONNX Runtime on WebAssembly, the only file that touches it. The same code runs in a Worker and in Node, so that what is
 * evaluated is what serves. It is called as its C functions are: its JavaScript interface is made for any model on any
 * backend, and takes longer for a call than a small model needs for a part of its work.
 */
import instantiate from 'onnxruntime-web/ort-wasm-simd-threaded.mjs';
import { openSession, type Model } from './onnx-session.ts';
import { expectOk, LOG_LEVEL, type Ort } from './ort.ts';

export type { Model } from './onnx-session.ts';

let starting: Promise<Ort> | undefined;

/**
 * Opens an `.onnx` file. The first call in an isolate also starts the runtime (0.3 s of CPU). `wasm` is the compiled
 * `onnxruntime-web/ort-wasm-simd-threaded.wasm`. Rejects when the bytes are not a model that the runtime can run.
 */
export async function openModel(wasm: WebAssembly.Module, bytes: Uint8Array): Promise<Model> {
  starting ??= start(wasm).catch((cause: unknown) => {
    starting = undefined;
    throw cause;
  });
  return openSession(await starting, bytes);
}

async function start(wasm: WebAssembly.Module): Promise<Ort> {
  let memory: WebAssembly.Memory | undefined;
  const functions = await outsideNode(() =>
    instantiate({
      numThreads: 1,
      // A Worker may not compile WebAssembly from bytes: the module is imported, and an instance of it handed in.
      instantiateWasm(imports, done) {
        const values = Object.values(imports).flatMap((group) => Object.values(group));
        memory = values.find((value) => value instanceof WebAssembly.Memory);
        done(new WebAssembly.Instance(wasm, imports), wasm);
      },
    }),
  );
  if (!memory) throw new Error('ONNX Runtime asks for no memory: it is another build than the one this code is for');
  const ort = Object.assign(functions as Omit<Ort, 'memory'>, { memory });
  expectOk(ort, ort._OrtInit(1, LOG_LEVEL), 'start');
  return ort;
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
