/** What an encoder or ranker must be like to serve, wherever it was trained: the contract of docs/models.md. */
import type { Artefacts } from '../catalog/snapshot.ts';
import { areFinite } from '../kernel/finite.ts';
import { normal, seededRandom } from '../kernel/random.ts';
import { ENCODER_IO } from '../model/encoder.ts';
import { FEATURE_COUNT } from '../model/features.ts';
import { readOnnxOutline, type OnnxOutline } from '../model/read-onnx.ts';
import { RuntimeStopped } from '../model/ort.ts';
import { RANKER_IO } from '../model/ranker.ts';
import type { Model } from '../model/runtime.ts';
import type { Engine } from '../recommend/serving.ts';

const FLOAT32 = 1;
const ELEMENT_TYPES: Readonly<Record<number, string>> = {
  1: 'float32',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  16: 'bfloat16',
};
/** Rows of the matrices that a ranker is tried on. */
const CANDIDATES = [1, 3, 200];
/** How far a score may move when other candidates are scored with it, relative to its size: what the order of additions does. */
const TOLERANCE = 1e-4;

/** What a file takes: one matrix of float32, `name` [any number of rows, columns]. */
interface Input {
  readonly file: string;
  readonly name: string;
  readonly rows: string;
  readonly columns: number;
}

/**
 * Tries both files as a Worker would use them: their inputs, then their answers to made-up inputs of every size that matters.
 * Rejects with the first difference from what a Worker needs and what to do about it.
 */
export async function checkModels(
  { model, encoder, ranker }: Pick<Artefacts, 'model' | 'encoder' | 'ranker'>,
  engine: Engine,
): Promise<void> {
  const { dims, length } = model.encoder;
  const rows: Input = { file: 'encoder.onnx', name: ENCODER_IO.rows, rows: 'L', columns: dims };
  await tryModel(rows, encoder, engine, async (run) => {
    for (const taken of new Set([1, Math.min(2, length), length])) expectNumbers(await run(taken), dims, `${taken} rows`);
  });
  const features: Input = { file: 'ranker.onnx', name: RANKER_IO.features, rows: 'C', columns: FEATURE_COUNT };
  await tryModel(features, ranker, engine, async (run) => {
    for (const taken of CANDIDATES) expectNumbers(await run(taken), taken, `${taken} candidates`);
    expectSameAlone(await run(1), await run(CANDIDATES.at(-1)!));
  });
}

/** Opens one file and lets `judge` run it on the first rows of a fixed random matrix. Every fault names the file. */
async function tryModel(
  input: Input,
  bytes: Uint8Array,
  { openModel }: Engine,
  judge: (run: (rows: number) => Promise<Float32Array>) => Promise<void>,
): Promise<void> {
  let opened: Model | undefined;
  try {
    expectInput(input, readOnnxOutline(bytes));
    opened = await openModel(bytes);
    const model = opened;
    await judge((rows) => model.run({ [input.name]: { data: randomMatrix(rows, input.columns), shape: [rows, input.columns] } }));
  } catch (cause) {
    throw new Error(`${input.file}: ${describe(cause, bytes)}`, { cause });
  } finally {
    await opened?.release();
  }
}

function describe(cause: unknown, bytes: Uint8Array): string {
  if (!(cause instanceof RuntimeStopped)) return cause instanceof Error ? cause.message : String(cause);
  const operators = Object.keys(readOnnxOutline(bytes).operators).join(', ');
  return `this build of ONNX Runtime leaves out one of its operators (${operators}): \`npm run trace:runtime -- the-file.onnx\` keeps what it needs, see docs/models.md`;
}

function expectInput({ name, rows, columns }: Input, { inputs, outputs }: OnnxOutline): void {
  const wanted = `one input, ${name} float32 [${rows}, ${columns}]`;
  if (inputs.length !== 1)
    throw new Error(`it has ${inputs.length} inputs (${inputs.map((of) => of.name).join(', ')}); a Worker gives ${wanted}`);
  const [input] = inputs as [(typeof inputs)[number]];
  if (input.name !== name) throw new Error(`its input is called ${input.name}; a Worker gives ${wanted}. Name it so when exporting.`);
  if (input.elementType !== FLOAT32) {
    throw new Error(`its input is of ${ELEMENT_TYPES[input.elementType] ?? `element type ${input.elementType}`}; a Worker gives ${wanted}`);
  }
  if (input.shape.length !== 2)
    throw new Error(`its input has ${input.shape.length} axes; a Worker gives ${wanted}, without an axis for a batch`);
  const [first, second] = input.shape;
  if (typeof first === 'number') {
    throw new Error(`its input always has ${first} rows; a Worker gives as many as there are. Make the first axis dynamic when exporting.`);
  }
  if (typeof second === 'number' && second !== columns) throw new Error(`its input has ${second} columns; a Worker gives ${wanted}`);
  if (outputs.length === 0) throw new Error('it has no output');
}

function expectNumbers(values: Float32Array, count: number, given: string): void {
  if (!(values instanceof Float32Array)) throw new Error('its first output is not of float32');
  if (values.length !== count) throw new Error(`for ${given} its first output has ${values.length} numbers instead of ${count}`);
  if (!areFinite(values)) throw new Error(`for ${given} its first output has a number that is not finite`);
}

/** The same candidate, scored by itself and among others. */
function expectSameAlone([alone]: Float32Array, [among]: Float32Array): void {
  if (Math.abs(alone! - among!) > TOLERANCE * Math.max(1, Math.abs(alone!))) {
    throw new Error(`a candidate gets ${alone} by itself and ${among} among others; its score must not depend on them`);
  }
}

/** [rows, columns]; its first rows are the same for any number of rows. */
function randomMatrix(rows: number, columns: number): Float32Array {
  const random = seededRandom(1);
  return Float32Array.from({ length: rows * columns }, () => normal(random));
}
