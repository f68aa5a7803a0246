declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

/** What Emscripten makes of ONNX Runtime; the package has no types for it. */
declare module 'onnxruntime-web/ort-wasm-simd-threaded.mjs' {
  interface Options {
    readonly numThreads: number;
    /** Asked for an instance with these imports; `done` is told of it. */
    readonly instantiateWasm: (
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => void;
  }
  export default function instantiate(options: Options): Promise<unknown>;
}
