import { openDense } from './dense/open.ts';
import { openInRuntime, type Model } from './runtime.ts';

/** The WebAssembly that executes models, compiled. */
export interface ModelModules {
  /** `kernel/dense.wasm` */
  readonly dense: WebAssembly.Module;
  /** `build/onnx-runtime.wasm` */
  readonly onnxRuntime: WebAssembly.Module;
}

/**
 * Opens an `.onnx` file: by the dense kernels where they have all that it needs, as they do for an encoder of one head, in ONNX Runtime otherwise.
 * Rejects as `openInRuntime` does.
 */
export async function openModel({ dense, onnxRuntime }: ModelModules, onnx: Uint8Array): Promise<Model> {
  return openDense(dense, onnx) ?? openInRuntime(onnxRuntime, onnx);
}
