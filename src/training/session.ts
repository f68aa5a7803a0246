/** The only file of the training side that touches ONNX Runtime: the native one, for Node. */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { type Graph } from '../model/graph.ts';
import { writeOnnx } from '../model/onnx.ts';

/** Numbers for a graph: float32 or int64, with their sizes. */
export interface Values {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** A graph ready to run with native kernels. `run` blocks the event loop while it computes. */
export interface Session {
  /** Runs the graph. Results named in `into` are written into those arrays; the others are made afresh. */
  run(inputs: Readonly<Record<string, Values>>, into?: Readonly<Record<string, Values>>): Promise<Record<string, Values>>;
  release(): Promise<void>;
}

export async function openSession(graph: Graph, options: { threads?: number } = {}): Promise<Session> {
  const session = await InferenceSession.create(writeOnnx(graph), {
    executionProviders: ['cpu'],
    interOpNumThreads: 1,
    ...(options.threads ? { intraOpNumThreads: options.threads } : {}),
  });
  return {
    async run(inputs, into) {
      const feeds = Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, toOrt(values)]));
      if (!into) return fromOrt(await session.run(feeds));
      const fetches = Object.fromEntries(Object.entries(into).map(([name, values]) => [name, toOrt(values)]));
      return fromOrt(await session.run(feeds, fetches));
    },
    release: () => session.release(),
  };
}

function toOrt({ data, shape }: Values): OrtTensor {
  return data instanceof Float32Array ? new OrtTensor('float32', data, [...shape]) : new OrtTensor('int64', data, [...shape]);
}

function fromOrt(results: InferenceSession.OnnxValueMapType): Record<string, Values> {
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, { data: tensor.data as Float32Array, shape: tensor.dims }]),
  );
}
