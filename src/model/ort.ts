/**
 * The part of ONNX Runtime's WebAssembly that is used here, as its own JavaScript calls it (`lib/wasm/wasm-types.ts` of
 * onnxruntime-web, pinned to one version). Addresses and sizes are bytes of its memory; a handle is an address, and 0 none.
 */
export interface Ort {
  readonly memory: WebAssembly.Memory;
  readonly _malloc: (bytes: number) => number;
  readonly _free: (at: number) => void;
  readonly UTF8ToString: (at: number) => string;
  readonly stackSave: () => number;
  readonly stackAlloc: (bytes: number) => number;
  readonly stackRestore: (stack: number) => void;
  /** Gives an error code, 0 for none, as all of these that give no handle. */
  readonly _OrtInit: (threads: number, logLevel: number) => number;
  readonly _OrtGetLastError: (codeAt: number, messageAt: number) => void;
  readonly _OrtCreateSessionOptions: (
    optimisation: number,
    memoryArena: boolean,
    memoryPattern: boolean,
    executionMode: number,
    profiling: boolean,
    profilePrefix: number,
    logId: number,
    logLevel: number,
    verbosity: number,
    optimisedPath: number,
  ) => number;
  readonly _OrtReleaseSessionOptions: (options: number) => number;
  readonly _OrtCreateSession: (model: number, bytes: number, options: number) => number;
  readonly _OrtReleaseSession: (session: number) => number;
  readonly _OrtGetInputOutputCount: (session: number, inputsAt: number, outputsAt: number) => number;
  /** Inputs are counted first, then outputs. */
  readonly _OrtGetInputOutputMetadata: (session: number, index: number, nameAt: number, typeAt: number) => number;
  readonly _OrtCreateTensor: (type: number, data: number, bytes: number, sizes: number, rank: number, place: number) => number;
  readonly _OrtGetTensorData: (tensor: number, typeAt: number, dataAt: number, sizesAt: number, rankAt: number) => number;
  readonly _OrtReleaseTensor: (tensor: number) => number;
  readonly _OrtRun: (
    session: number,
    inputNames: number,
    inputs: number,
    inputCount: number,
    outputNames: number,
    outputCount: number,
    outputs: number,
    options: number,
  ) => number;
  readonly _OrtFree: (at: number) => number;
}

/** The runtime stopped in the middle of a call. Nothing that it holds can be trusted: it is not called again. */
export class RuntimeStopped extends Error {
  constructor(cause: unknown) {
    const trap = cause instanceof Error ? cause.message : String(cause);
    super(`ONNX Runtime stopped in the middle of a call (${trap}). "unreachable": it has no such operator here, see docs/models.md`, {
      cause,
    });
  }
}

const stopped = new WeakMap<Ort, RuntimeStopped>();

export const hasStopped = (ort: Ort): boolean => stopped.has(ort);

/**
 * Calls into the runtime, then `tidy`, which is not done in one that has stopped: it may hold a lock that nobody will release. Throws
 * RuntimeStopped if it stops now or has before.
 */
export function calling<R>(ort: Ort, action: () => R, tidy: () => void): R {
  const before = stopped.get(ort);
  if (before) throw before;
  try {
    return action();
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
    const fault = new RuntimeStopped(cause);
    stopped.set(ort, fault);
    throw fault;
  } finally {
    if (!hasStopped(ort)) tidy();
  }
}

/** Errors only. */
export const LOG_LEVEL = 3;

/** Throws what the runtime says of its last call if `ok` is 0 where a handle was expected, or not 0 where a code was. */
export function expectHandle(ort: Ort, handle: number, what: string): number {
  if (handle === 0) throw lastError(ort, what);
  return handle;
}

export function expectOk(ort: Ort, code: number, what: string): void {
  if (code !== 0) throw lastError(ort, what);
}

function lastError(ort: Ort, what: string): Error {
  const stack = ort.stackSave();
  const at = ort.stackAlloc(8);
  ort._OrtGetLastError(at, at + 4);
  const message = wordsOf(ort)[(at + 4) >> 2]!;
  const error = new Error(`ONNX Runtime cannot ${what}: ${message === 0 ? 'it does not say why' : ort.UTF8ToString(message)}`);
  ort.stackRestore(stack);
  return error;
}

/** Views of the memory as it is now: what grows may be longer at the next call. */
export const bytesOf = ({ memory }: Ort) => new Uint8Array(memory.buffer);
export const wordsOf = ({ memory }: Ort) => new Uint32Array(memory.buffer);
