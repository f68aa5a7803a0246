import { sha256 } from '../kernel/sha256.ts';
import { modelOf, openSession, type Model } from './onnx-session.ts';
import { bytesOf } from './ort.ts';
import { adoptRuntime, constructRuntime, initialise, isStarted } from './runtime.ts';
import { changedPages, copyPages, decodeStartImage, encodeStartImage, putPages, type StartHeader } from './start-image.ts';

/**
 * The build of ONNX Runtime that this project pins: the first halves of the SHA-256 of its `.wasm` and of the JavaScript
 * around it. A test holds it to the files.
 */
export const ORT_BUILD = '3398c10d07d229bd91b364548e130e0e-e13f7f94fc51b4ca72b12faeb1ee95f4';

/** A model to be opened in a recorded start, with an input that proves a restored session. */
export interface RecordedModel {
  readonly onnx: Uint8Array;
  readonly probe: { readonly name: string; readonly shape: readonly number[]; readonly input: Float32Array };
}

/** Starts the runtime in an instance of its own, opens `models` in it, and returns the bytes that `restoreStart` takes. */
export async function recordStart(wasm: WebAssembly.Module, models: readonly RecordedModel[]): Promise<Uint8Array> {
  const { ort, inspected } = await constructRuntime(wasm, ({ buffer }) => new Uint8Array(buffer).slice());
  const loaded = inspected!;
  const constructed = bytesOf(ort).slice();
  const constructedPages = changedPages(loaded, constructed);
  initialise(ort);
  const opened = models.map(({ onnx }) => openSession(ort, onnx));
  const started = bytesOf(ort).slice();
  // Also what the constructors changed and the start put back: in a restored instance they change it again.
  const pages = [...new Set([...changedPages(loaded, started), ...constructedPages])].sort((a, b) => a - b);
  const described = await Promise.all(
    models.map(async ({ onnx, probe: { name, shape, input } }, at) => ({
      sha256: await sha256(onnx),
      opened: opened[at]!,
      probe: {
        name,
        shape: [...shape],
        input: [...input],
        output: [...(await modelOf(ort, opened[at]!).run({ [name]: { data: input, shape } }))],
      },
    })),
  );
  const header: StartHeader = {
    format: 1,
    build: ORT_BUILD,
    memoryBytes: started.length,
    constructed: { pages: constructedPages, sha256: await sha256(copyPages(constructed, constructedPages)) },
    models: described,
    pages,
  };
  return encodeStartImage({ header, contents: copyPages(started, pages) });
}

/**
 * Reads a recorded start and puts it in the place of a start. Returns its models by the SHA-256 of their files, or undefined if this
 * isolate has started the runtime already. Rejects when the image is of another build, is damaged, or does not
 * compute what it computed when it was recorded, to the bit: nothing has happened then, and a start goes its usual way.
 */
export async function restoreStart(
  wasm: WebAssembly.Module,
  read: () => Promise<Uint8Array>,
): Promise<ReadonlyMap<string, Model> | undefined> {
  if (isStarted()) return undefined;
  const image = decodeStartImage(await read());
  const { build, constructed, memoryBytes, models } = image.header;
  if (build !== ORT_BUILD) throw new Error(`the start was recorded with build ${build} of the runtime, this one has ${ORT_BUILD}`);
  const { ort } = await constructRuntime(wasm);
  if ((await sha256(copyPages(bytesOf(ort), constructed.pages))) !== constructed.sha256)
    throw new Error('the runtime does not begin here as it did where its start was recorded');
  const missing = memoryBytes - ort.memory.buffer.byteLength;
  if (missing > 0) ort.memory.grow(missing / 65_536);
  putPages(bytesOf(ort), image);
  const restored = new Map<string, Model>();
  for (const { sha256: key, opened, probe } of models) {
    const model = modelOf(ort, opened);
    const output = await model.run({ [probe.name]: { data: Float32Array.from(probe.input), shape: probe.shape } });
    if (output.length !== probe.output.length || output.some((value, at) => value !== probe.output[at]))
      throw new Error('a restored model does not compute what it did when it was recorded');
    restored.set(key, model);
  }
  if (isStarted()) return undefined; // in the meantime
  adoptRuntime(ort);
  return restored;
}
