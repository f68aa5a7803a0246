/**
 * ONNX Runtime on WebAssembly, the only file that touches it. The same code runs in a Worker and in Node, so that what is
 * evaluated is what serves.
 *
 * A Worker may not compile WebAssembly from bytes: the runtime's `.wasm` is imported as a module and handed in. Emscripten
 * offers no way to pass it, so while the runtime starts its one call of `WebAssembly.instantiate` is answered from it.
 */
import * as ort from 'onnxruntime-web/wasm';

ort.env.wasm.numThreads = 1;
ort.env.wasm.proxy = false;
ort.env.wasm.wasmBinary = new ArrayBuffer(8); // never read: keeps the runtime from fetching its own
ort.env.logLevel = 'error';

/** A model ready to run. */
export interface Model {
  /** Runs the model on float32 inputs, each with its sizes, and returns its first output. */
  run(inputs: Readonly<Record<string, { data: Float32Array; shape: readonly number[] }>>): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Opens models one after another: the first one starts the runtime, which must not be started twice. */
let lastOpening: Promise<unknown> = Promise.resolve();

/**
 * Opens an `.onnx` file. The first call in an isolate also starts the runtime (0.3 s of CPU). `wasm` is the compiled
 * `onnxruntime-web/ort-wasm-simd-threaded.wasm`. Throws when the bytes are not a model that the runtime can run.
 */
export function openModel(wasm: WebAssembly.Module, bytes: Uint8Array): Promise<Model> {
  const opening = lastOpening.then(
    () => open(wasm, bytes),
    () => open(wasm, bytes),
  );
  lastOpening = opening;
  return opening;
}

async function open(wasm: WebAssembly.Module, bytes: Uint8Array): Promise<Model> {
  const session = await withModule(wasm, () =>
    ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' }),
  );
  const output = session.outputNames[0]!;
  return {
    async run(inputs) {
      const feeds: Record<string, ort.Tensor> = {};
      for (const name in inputs) {
        const { data, shape } = inputs[name]!;
        feeds[name] = new ort.Tensor('float32', data, shape);
      }
      const results = await session.run(feeds);
      return results[output]!.data as Float32Array;
    },
    release: () => session.release(),
  };
}

/** Answers `WebAssembly.instantiate` from `wasm` while `action` is under way. */
async function withModule<T>(wasm: WebAssembly.Module, action: () => Promise<T>): Promise<T> {
  const { instantiate } = WebAssembly;
  const answer = async (_bytes: unknown, imports: WebAssembly.Imports) => ({
    module: wasm,
    instance: new WebAssembly.Instance(wasm, imports),
  });
  WebAssembly.instantiate = answer as unknown as typeof WebAssembly.instantiate;
  try {
    return await action();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}
