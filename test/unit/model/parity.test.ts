import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { buildServingEncoder, ENCODER_IO, type EncoderConfig } from '../../../src/model/encoder.ts';
import { openDense } from '../../../src/model/dense/open.ts';
import { writeOnnx } from '../../../src/model/onnx.ts';
import { openInRuntime, type Model } from '../../../src/model/runtime.ts';
import type { Engine } from '../../../src/recommend/serving.ts';
import { buildUserVectors } from '../../../src/training/graphs.ts';
import { compileKernel } from '../../../src/training/kernels.ts';
import { compileOnnxRuntime } from '../../../src/training/onnx-runtime.ts';
import { loadEngine } from '../../../src/training/open-serving.ts';
import { ITEM_VECTORS, layOut, viewParameters } from '../../../src/training/parameters.ts';
import { openSession } from '../../../src/training/session.ts';
import { batchHistories } from '../../../src/training/windows.ts';
import { encodePlainly, makeEncoderWeights } from '../../fixtures/plain-encoder.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

type Rows = readonly (readonly number[])[];

/** Runs a serving encoder on item vectors. */
function serve(model: Model, rows: Rows, dims: number): Promise<Float32Array> {
  return model.run({ [ENCODER_IO.rows]: { data: Float32Array.from(rows.flat()), shape: [rows.length, dims] } });
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>) {
  expect(found).toHaveLength(wanted.length);
  for (let d = 0; d < wanted.length; d++) expect(Math.abs(found[d]! - wanted[d]!)).toBeLessThan(1e-4);
}

/** Does not throw away whole models for nothing: two answers that are equal because both ignore the history prove nothing. */
const distance = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.hypot(...Array.from(a, (value, d) => value - b[d]!));

describe.each([
  { dims: 8, blocks: 1, heads: 1, length: 6, hidden: 5, by: 'ONNX Runtime' },
  { dims: 8, blocks: 2, heads: 2, length: 6, hidden: 12, by: 'ONNX Runtime' },
  { dims: 6, blocks: 3, heads: 3, length: 4, hidden: 6, by: 'ONNX Runtime' },
  { dims: 8, blocks: 1, heads: 1, length: 6, hidden: 16, by: 'the dense kernels' },
  { dims: 16, blocks: 3, heads: 1, length: 11, hidden: 8, by: 'the dense kernels' },
])('an encoder of $blocks blocks with heads: $heads, by $by', ({ by, ...config }: EncoderConfig & { by: string }) => {
  const { dims, length } = config;
  const weights = makeEncoderWeights(config, 4);
  const random = seededRandom(9);
  const items = Array.from({ length: 10 }, () => Array.from({ length: dims }, () => Math.fround(normal(random))));
  const histories = Array.from({ length: 2 * length }, (_, at) =>
    Array.from({ length: 1 + (at % length) }, () => Math.floor(random() * items.length)),
  );
  let model: Model;
  beforeAll(async () => {
    model = await engine.openModel(writeOnnx(buildServingEncoder(config, weights)));
  });
  afterAll(() => model.release());

  const rowsOf = (history: readonly number[]): Rows => history.map((item) => items[item]!);

  test('is opened by what is for it', async () => {
    const dense = openDense(await compileKernel('dense'), writeOnnx(buildServingEncoder(config, weights)));
    expect(dense !== undefined).toBe(by === 'the dense kernels');
  });

  test('serves what it is by the book', async () => {
    for (const history of histories) {
      const served = await serve(model, rowsOf(history), dims);
      expectClose(served, encodePlainly(config, weights, rowsOf(history)).at(-1)!);
      if (history.length > 1) expect(distance(served, await serve(model, rowsOf(history.slice(1)), dims))).toBeGreaterThan(0.01);
    }
  });

  test('gives in training the vectors that it serves', async () => {
    const layout = layOut(config, items.length, 0);
    const flat = new Float32Array(layout.total);
    const views = viewParameters(layout, flat);
    views.get(ITEM_VECTORS)!.set(items.flat());
    for (const [name, values] of weights) views.get(name)!.set(values);
    const session = await openSession(buildUserVectors(config, layout), { threads: 1 });
    // One batch of all lengths, the short ones padded in front.
    const { users } = await session.run({ weights: { data: flat, shape: [layout.total] }, ...batchHistories(histories, length) });
    await session.release();
    for (const [at, history] of histories.entries()) {
      expectClose((users!.data as Float32Array).subarray(at * dims, (at + 1) * dims), await serve(model, rowsOf(history), dims));
    }
  });

  test('answers requests that overlap as it does one after the other', async () => {
    const rows = histories.map((history) => rowsOf(history));
    const overlapping = await Promise.all(rows.map((one) => serve(model, one, dims)));
    for (const [at, one] of rows.entries()) expect(overlapping[at]).toEqual(await serve(model, one, dims));
  });
});

const TRAINED = new URL('../../../models/online-retail/', import.meta.url);

test('the trained encoder gives the same by the dense kernels, in ONNX Runtime for the web and in the native one', async () => {
  const bytes = await readFile(new URL('encoder.onnx', TRAINED));
  const { encoder } = JSON.parse(await readFile(new URL('manifest.json', TRAINED), 'utf8')) as { encoder: EncoderConfig };
  const vectors = new Float32Array(new Uint8Array(await readFile(new URL('vectors.f32', TRAINED))).buffer);
  const { dims, length } = encoder;
  const model = openDense(await compileKernel('dense'), bytes)!;
  const web = await openInRuntime(await compileOnnxRuntime(), bytes);
  const native = await InferenceSession.create(bytes);
  const random = seededRandom(1);
  const users: Float32Array[] = [];
  for (const size of [1, 2, 7, length]) {
    const rows = new Float32Array(size * dims);
    for (let at = 0; at < size; at++) {
      const item = Math.floor((random() * vectors.length) / dims);
      rows.set(vectors.subarray(item * dims, (item + 1) * dims), at * dims);
    }
    const served = await model.run({ [ENCODER_IO.rows]: { data: rows, shape: [size, dims] } });
    expectClose(served, await web.run({ [ENCODER_IO.rows]: { data: rows, shape: [size, dims] } }));
    const { [ENCODER_IO.user]: user } = await native.run({ [ENCODER_IO.rows]: new Tensor('float32', rows, [size, dims]) });
    expectClose(served, user!.data as Float32Array);
    users.push(served);
  }
  for (const [at, user] of users.entries()) if (at > 0) expect(distance(user, users[at - 1]!)).toBeGreaterThan(0.1);
  await Promise.all([model.release(), web.release(), native.release()]);
});
