import onnxRuntime from '../../build/onnx-runtime.wasm';
import dense from '../kernel/dense.wasm';
import { createScanner } from '../kernel/scan.ts';
import scan from '../kernel/scan.wasm';
import { openModel } from '../model/open-model.ts';
import { restoreStart } from '../model/recorded-start.ts';
import type { Engine } from '../recommend/serving.ts';

/** What computes in a Worker: the WebAssembly of its bundle. */
export const engine: Engine = {
  openScanner: (vectors) => createScanner(scan, vectors),
  openModel: (onnx) => openModel({ dense, onnxRuntime }, onnx),
  restoreStart: (read) => restoreStart(onnxRuntime, read),
};
