/**
 * Finds the functions of ONNX Runtime that models reach, and writes `src/model/kept-functions.json`: those that were called
 * while the runtime started, opened models, ran and closed them, and all that these call by name.
 * `npm run trace:runtime -- my-encoder.onnx …` keeps what these need as well.
 */
import { writeFile } from 'node:fs/promises';
import { count } from '../../src/cli/output.ts';
import { modelOf, openSession } from '../../src/model/onnx-session.ts';
import type { Ort } from '../../src/model/ort.ts';
import { constructRuntime, initialise } from '../../src/model/runtime.ts';
import { keepFunctions } from '../../src/model/strip.ts';
import { KEPT_FUNCTIONS, readWholeRuntime, type KeptFunctionsFile } from '../../src/training/onnx-runtime.ts';
import { buildRuntime } from './build.ts';
import { readCalls, reachedFrom } from './call-graph.ts';
import { calledIn, instrument } from './instrument.ts';
import { faultyModels, tracedModels, type TracedModel } from './models.ts';

const { bytes, sha256 } = await readWholeRuntime();
const { module, functions } = instrument(bytes);
const { ort, inspected: instance } = await constructRuntime(await WebAssembly.compile(module), (_, of) => of);
initialise(ort);
for (const onnx of faultyModels()) expectRefusal(() => openSession(ort, onnx));
for (const model of await tracedModels(process.argv.slice(2))) await exercise(ort, model);

const called = calledIn(instance!, functions);
const kept = reachedFrom(called, await readCalls(new Uint8Array(bytes)));
const file: KeptFunctionsFile = { of: sha256, kept: Buffer.from(keepFunctions(kept, functions)).toString('base64') };
await writeFile(KEPT_FUNCTIONS, `${JSON.stringify(file, null, 2)}\n`);
console.log(`${count(called.length)} of ${count(functions)} functions were called, ${count(kept.size)} are kept`);
await buildRuntime();

/** Opens, runs, asks wrongly and closes. */
async function exercise(on: Ort, { name, onnx, input, columns, rows, tooMany }: TracedModel): Promise<void> {
  try {
    const model = modelOf(on, openSession(on, onnx));
    const runWith = (taken: number) => {
      const data = Float32Array.from({ length: taken * columns }, (_, at) => 2 + Math.sin(at));
      return model.run({ [input]: { data, shape: [taken, columns] } });
    };
    for (const taken of rows) await runWith(taken);
    if (tooMany !== undefined) await runWith(tooMany).catch(() => undefined);
    const wrong = { data: new Float32Array(columns + 1), shape: [1, columns + 1] };
    await model.run({ [input]: wrong }).catch(() => undefined);
    await model.release();
  } catch (cause) {
    throw new Error(`${name}: ${String(cause)}`, { cause });
  }
}

function expectRefusal(open: () => unknown): void {
  try {
    open();
  } catch {
    return;
  }
  throw new Error('a model that is none was opened');
}
