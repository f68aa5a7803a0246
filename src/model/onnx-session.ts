import type { OpenedSession } from './start-image.ts';
import { bytesOf, calling, expectHandle, expectOk, hasStopped, LOG_LEVEL, wordsOf, type Ort } from './ort.ts';

/** A model ready to run. */
export interface Model {
  /** Runs the model on float32 inputs, each with its sizes, and returns its first output. Rejects with RuntimeStopped where the runtime is lost. */
  run(inputs: Readonly<Record<string, { data: Float32Array; shape: readonly number[] }>>): Promise<Float32Array>;
  release(): Promise<void>;
}

/** ONNX's number for float32, and the runtime's for the memory of the CPU. */
const FLOAT32 = 1;
const ON_CPU = 1;
/** Every optimisation of a graph that the runtime knows. */
const OPTIMISE_ALL = 99;
/** One operator after the other. */
const SEQUENTIAL = 0;

/** Opens an `.onnx` file. Throws what the runtime has against it. */
export function openSession(ort: Ort, model: Uint8Array): OpenedSession {
  const session = createSession(ort, model);
  return { session, ...readNames(ort, session) };
}

/** The model of an open session. */
export function modelOf(ort: Ort, { session, inputs, outputs }: OpenedSession): Model {
  const numberOf = new Map(inputs.map(({ name }, number) => [name, number]));
  // Kept as long as the session: [I] names, [I] tensors, name and tensor of the output, four words of what a tensor says of itself.
  const namesAt = ort._malloc(4 * (2 * inputs.length + 6));
  const tensorsAt = namesAt + 4 * inputs.length;
  const outputNameAt = tensorsAt + 4 * inputs.length;
  const outputAt = outputNameAt + 4;
  const outlineAt = outputAt + 4;
  wordsOf(ort).set([...inputs.map(({ at }) => at), ...inputs.map(() => 0), outputs[0]!], namesAt >> 2);
  const buffers = inputs.map(() => ({ at: 0, bytes: 0 }));

  /** Copies an input into the runtime's memory -> the handle of a tensor over it. */
  const place = (number: number, data: Float32Array, shape: readonly number[]): number => {
    const sizesBytes = 4 * shape.length;
    const bytes = sizesBytes + data.byteLength;
    const buffer = buffers[number]!;
    if (buffer.bytes < bytes) {
      ort._free(buffer.at);
      buffer.at = expectHandle(ort, ort._malloc(bytes), 'take so large an input');
      buffer.bytes = bytes;
    }
    new Int32Array(ort.memory.buffer, buffer.at, shape.length).set(shape);
    new Float32Array(ort.memory.buffer, buffer.at + sizesBytes, data.length).set(data);
    const tensor = ort._OrtCreateTensor(FLOAT32, buffer.at + sizesBytes, data.byteLength, buffer.at, shape.length, ON_CPU);
    return expectHandle(ort, tensor, 'read an input');
  };

  return {
    async run(given) {
      const names = Object.keys(given);
      const unknown = names.find((name) => !numberOf.has(name));
      if (unknown !== undefined || names.length !== inputs.length)
        throw new Error(`the model takes ${[...numberOf.keys()].join(', ')}, and was given ${names.join(', ')}`);
      const tensors: number[] = [];
      const infer = () => {
        for (const name of names) {
          const number = numberOf.get(name)!;
          const { data, shape } = given[name]!;
          const tensor = place(number, data, shape);
          tensors.push(tensor);
          wordsOf(ort)[(tensorsAt >> 2) + number] = tensor;
        }
        wordsOf(ort)[outputAt >> 2] = 0; // the runtime makes the output
        expectOk(ort, ort._OrtRun(session, namesAt, tensorsAt, inputs.length, outputNameAt, 1, outputAt, 0), 'run the model');
        const output = wordsOf(ort)[outputAt >> 2]!;
        tensors.push(output);
        return readTensor(ort, output, outlineAt);
      };
      return calling(ort, infer, () => {
        for (const tensor of tensors) ort._OrtReleaseTensor(tensor);
      });
    },
    async release() {
      if (hasStopped(ort)) return;
      for (const { at } of buffers) ort._free(at);
      ort._free(namesAt);
      for (const at of [...inputs.map((input) => input.at), ...outputs]) ort._OrtFree(at);
      expectOk(ort, ort._OrtReleaseSession(session), 'close the model');
    },
  };
}

function createSession(ort: Ort, model: Uint8Array): number {
  const options = ort._OrtCreateSessionOptions(OPTIMISE_ALL, true, true, SEQUENTIAL, false, 0, 0, LOG_LEVEL, 0, 0);
  expectHandle(ort, options, 'make options of a session');
  const modelAt = ort._malloc(model.length);
  const create = () => {
    expectHandle(ort, modelAt, 'take so large a model');
    bytesOf(ort).set(model, modelAt);
    return expectHandle(ort, ort._OrtCreateSession(modelAt, model.length, options), 'open the model');
  };
  return calling(ort, create, () => {
    ort._free(modelAt);
    ort._OrtReleaseSessionOptions(options);
  });
}

/** The names of inputs and outputs, and where they stand. */
function readNames(ort: Ort, session: number): Omit<OpenedSession, 'session'> {
  const stack = ort.stackSave();
  const at = ort.stackAlloc(8);
  try {
    expectOk(ort, ort._OrtGetInputOutputCount(session, at, at + 4), 'count inputs');
    const [inputCount, outputCount] = wordsOf(ort).slice(at >> 2, (at >> 2) + 2) as unknown as [number, number];
    const nameOf = (index: number) => {
      expectOk(ort, ort._OrtGetInputOutputMetadata(session, index, at, at + 4), 'name an input');
      const [name, outline] = wordsOf(ort).slice(at >> 2, (at >> 2) + 2) as unknown as [number, number];
      ort._OrtFree(outline);
      return name;
    };
    const names = Array.from({ length: inputCount + outputCount }, (_, index) => nameOf(index));
    const inputs = names.slice(0, inputCount).map((nameAt) => ({ name: ort.UTF8ToString(nameAt), at: nameAt }));
    return { inputs, outputs: names.slice(inputCount) };
  } finally {
    ort.stackRestore(stack);
  }
}

/** The values of a float32 tensor; `outlineAt` has room for what it says of itself. */
function readTensor(ort: Ort, tensor: number, outlineAt: number): Float32Array {
  expectOk(ort, ort._OrtGetTensorData(tensor, outlineAt, outlineAt + 4, outlineAt + 8, outlineAt + 12), 'give its output');
  const words = wordsOf(ort);
  const [, dataAt, sizesAt, rank] = words.subarray(outlineAt >> 2, (outlineAt >> 2) + 4) as unknown as [number, number, number, number];
  let length = 1;
  for (let axis = 0; axis < rank; axis++) length *= words[(sizesAt >> 2) + axis]!;
  ort._OrtFree(sizesAt);
  return new Float32Array(ort.memory.buffer, dataAt, length).slice();
}
