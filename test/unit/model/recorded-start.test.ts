import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { sha256 } from '../../../src/kernel/sha256.ts';
import { buildServingEncoder } from '../../../src/model/encoder.ts';
import { writeOnnx } from '../../../src/model/onnx.ts';
import type { Model } from '../../../src/model/runtime.ts';
import { ORT_BUILD } from '../../../src/model/recorded-start.ts';
import { changedPages, copyPages, decodeStartImage, encodeStartImage, type StartHeader } from '../../../src/model/start-image.ts';
import { readArtefacts } from '../../../src/training/artefacts.ts';
import { compileOnnxRuntime } from '../../../src/training/onnx-runtime.ts';
import { withRecordedStart } from '../../../src/training/record-start.ts';
import { makeEncoderWeights } from '../../fixtures/plain-encoder.ts';

const shipped = await readArtefacts('models/online-retail');
/** Two heads are for ONNX Runtime; one would be for the dense kernels. */
const twoHeads = { ...shipped.model.encoder, heads: 2 };
const twoHeaded = writeOnnx(buildServingEncoder(twoHeads, makeEncoderWeights(twoHeads, 4)));
const { encoder, ranker, start, model } = await withRecordedStart({ ...shipped, encoder: twoHeaded });
const image = start!;
let wasm: WebAssembly.Module;
beforeAll(async () => {
  wasm = await compileOnnxRuntime();
});

/** An isolate that has not started the runtime. */
async function freshIsolate() {
  vi.resetModules();
  const { restoreStart } = await import('../../../src/model/recorded-start.ts');
  const { openInRuntime } = await import('../../../src/model/runtime.ts');
  return { restore: (bytes: Uint8Array) => restoreStart(wasm, async () => bytes), open: (onnx: Uint8Array) => openInRuntime(wasm, onnx) };
}

test('the build that is named is the one that is installed', async () => {
  const hashOf = async (file: string) => {
    const url = import.meta.resolve(`onnxruntime-web/ort-wasm-simd-threaded.${file}`);
    return createHash('sha256')
      .update(await readFile(fileURLToPath(url)))
      .digest('hex')
      .slice(0, 32);
  };
  expect(ORT_BUILD).toBe(`${await hashOf('wasm')}-${await hashOf('mjs')}`);
});

test('what the dense kernels run is not recorded', async () => {
  const { header } = decodeStartImage((await withRecordedStart(shipped)).start!);
  expect(header.models.map(({ sha256: digest }) => digest)).toEqual([await sha256(shipped.ranker)]);
});

describe('a restored runtime', () => {
  test('computes what one does that has started, to the bit, and opens further models', { timeout: 120_000 }, async () => {
    const [restoring, starting] = [await freshIsolate(), await freshIsolate()];
    const restored = (await restoring.restore(image))!;
    const started = [await starting.open(encoder), await starting.open(ranker)] as const;
    const same = [restored.get(await sha256(encoder))!, restored.get(await sha256(ranker))!] as const;
    const late = [await restoring.open(encoder), await restoring.open(ranker)] as const;
    const random = seededRandom(7);
    for (let rows = 1; rows <= model.encoder.length; rows++) {
      for (const [at, name, columns] of [
        [0, 'rows', model.encoder.dims],
        [1, 'features', 15],
      ] as const) {
        const data = Float32Array.from({ length: rows * columns }, () => 3 * normal(random));
        const answer = (one: Model) => one.run({ [name]: { data, shape: [rows, columns] } });
        const wanted = await answer(started[at]);
        expect(await answer(same[at])).toEqual(wanted);
        expect(await answer(late[at])).toEqual(wanted);
      }
    }
  });

  test('is not made where one has started', async () => {
    const isolate = await freshIsolate();
    await isolate.open(ranker);
    expect(await isolate.restore(new Uint8Array())).toBeUndefined(); // and nothing is read for it
  });
});

describe('a recorded start that cannot be used is refused, and the runtime starts the usual way', { timeout: 120_000 }, () => {
  let isolate: Awaited<ReturnType<typeof freshIsolate>>;
  beforeEach(async () => {
    isolate = await freshIsolate();
  });

  /** The image with another header or other contents. */
  const changed = (change: (header: StartHeader, contents: Uint8Array) => Partial<StartHeader> | void) => {
    const { header, contents } = decodeStartImage(image);
    const copy = contents.slice();
    return encodeStartImage({ header: { ...header, ...change(header, copy) }, contents: copy });
  };
  const ofFirst = (header: StartHeader, change: (first: StartHeader['models'][number]) => object) => {
    const [first, ...others] = header.models;
    return { models: [{ ...first!, ...change(first!) }, ...others] };
  };

  test.each<[string, () => Uint8Array, RegExp]>([
    ['of another build', () => changed(() => ({ build: 'another' })), /recorded with build another/],
    ['of another format', () => changed(() => ({ format: 2 as never })), /Expected 1/],
    [
      'whose constructors did something else',
      () => changed(({ constructed }) => ({ constructed: { ...constructed, sha256: '' } })),
      /does not begin here/,
    ],
    ['with a page beyond its end', () => changed(({ pages }) => ({ pages: [...pages.slice(1), 1 << 20] })), /beyond its end/],
    ['with a page too few', () => changed(({ pages }) => ({ pages: pages.slice(1) })), /not whole/],
    ['with nothing in its pages', () => changed((_, contents) => void contents.fill(0)), /./],
    ['with its pages in another order', () => changed(({ pages }) => ({ pages: pages.toReversed() })), /./],
    [
      'with a session that is none',
      () => changed((header) => ofFirst(header, ({ opened }) => ({ opened: { ...opened, session: 8 } }))),
      /./,
    ],
    [
      'that answered something else by one bit',
      () =>
        changed((header) =>
          ofFirst(header, ({ probe }) => ({ probe: { ...probe, output: [probe.output[0]! * (1 + 2 ** -23), ...probe.output.slice(1)] } })),
        ),
      /does not compute/,
    ],
  ])('one %s', async (_, damaged, message) => {
    await expect(isolate.restore(damaged())).rejects.toThrow(message);
    const opened = await isolate.open(ranker);
    expect(await opened.run({ features: { data: new Float32Array(15), shape: [1, 15] } })).toHaveLength(1);
  });

  test('one that is cut off anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.nat(5_000), fc.nat(image.length - 1)), async (length) => {
        await expect(isolate.restore(image.slice(0, length))).rejects.toThrow();
      }),
      { numRuns: 30 },
    );
  });
});

test('the pages that changed are those that differ, in a memory that may have grown', () => {
  const before = new Uint8Array(2 * 4096).fill(1);
  const after = new Uint8Array(5 * 4096);
  after.set(before);
  expect(changedPages(before, after)).toEqual([]);
  after[4096] = 2;
  after[5 * 4096 - 1] = 3;
  expect(changedPages(before, after)).toEqual([1, 4]);
  expect(copyPages(after, [4]).at(-1)).toBe(3);
});
