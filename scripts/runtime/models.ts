/** What the runtime is traced with: models as they are trained here, trees, every operator of the list, and what goes wrong. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { buildServingEncoder, ENCODER_IO, encoderParameters } from '../../src/model/encoder.ts';
import { FEATURE_COUNT } from '../../src/model/features.ts';
import { Graph, elements } from '../../src/model/graph.ts';
import { writeOnnx } from '../../src/model/onnx.ts';
import { readOnnxOutline } from '../../src/model/read-onnx.ts';
import { buildServingRanker, RANKER_IO, rankerParameters } from '../../src/model/ranker.ts';
import { treeEnsembleOnnx } from '../../test/fixtures/tree-ensemble.ts';
import { COLUMNS, INPUT, sampleGraph, SAMPLES } from './operators.ts';

export interface TracedModel {
  readonly name: string;
  readonly onnx: Uint8Array;
  readonly input: string;
  readonly columns: number;
  /** How many rows it is run with, one after the other. */
  readonly rows: readonly number[];
  /** More rows than it takes: how that fails, if it does, is to be kept as well. */
  readonly tooMany?: number;
}

/** Sizes of encoders: the optimiser of graphs does other things for each. */
const BLOCKS = [1, 2, 3, 4, 6, 8, 12];
const HEADS = [1, 2, 4];
const DIMS = [24, 48];
/** Items of a history. */
const LENGTH = 50;
const HISTORIES = { rows: Array.from({ length: LENGTH }, (_, at) => at + 1), tooMany: LENGTH + 2 };
/** One candidate to more than there ever are: the memory has to grow for the last. */
const CANDIDATES = [1, 2, 3, 4, 7, 50, 127, 128, 400, 3000, 200_000];
const FEW = [1, 2, 7, 33];

export async function tracedModels(files: readonly string[]): Promise<TracedModel[]> {
  return [
    ...BLOCKS.flatMap((blocks) => HEADS.flatMap((heads) => DIMS.map((dims) => encoder(blocks, heads, dims)))),
    ranker(),
    trees(),
    ...Object.entries(SAMPLES).map(([name, make]) => ({
      name,
      onnx: writeOnnx(sampleGraph(make)),
      input: INPUT,
      columns: COLUMNS,
      rows: FEW,
    })),
    ...(await Promise.all(files.map(readModel))),
  ];
}

/** Models that cannot be opened: what the runtime does to say why. */
export function faultyModels(): Uint8Array[] {
  const whole = encoder(1, 1, 64).onnx;
  const unknown = new Graph();
  const x = unknown.input('x', [1, 4]);
  unknown.nodes.push({ op: 'NoSuchOperator', domain: '', inputs: [x], outputs: [{ ...x, name: 'y' }], attributes: {} });
  unknown.outputs.push({ ...x, name: 'y' });
  return [new Uint8Array(), new Uint8Array(100), whole.slice(0, whole.length / 2), writeOnnx(unknown)];
}

function encoder(blocks: number, heads: number, dims: number): TracedModel {
  const config = { dims, blocks, heads, length: LENGTH, hidden: 2 * dims };
  const onnx = writeOnnx(buildServingEncoder(config, weightsOf(encoderParameters(config))));
  return { name: `encoder, ${blocks} blocks, ${heads} heads of ${dims}`, onnx, input: ENCODER_IO.rows, columns: dims, ...HISTORIES };
}

function ranker(): TracedModel {
  const ones = new Float32Array(FEATURE_COUNT).fill(1);
  const graph = buildServingRanker({ mean: ones, deviation: ones }, weightsOf(rankerParameters()));
  return { name: 'ranker', onnx: writeOnnx(graph), input: RANKER_IO.features, columns: FEATURE_COUNT, rows: CANDIDATES };
}

function trees(): TracedModel {
  const deep = (depth: number): Parameters<typeof treeEnsembleOnnx>[0][number] =>
    depth === 0 ? { value: 1 } : { feature: depth % FEATURE_COUNT, threshold: 0, yes: deep(depth - 1), no: deep(depth - 1) };
  const onnx = treeEnsembleOnnx([deep(4), deep(5), { value: 2 }], FEATURE_COUNT);
  return { name: 'trees', onnx, input: 'features', columns: FEATURE_COUNT, rows: CANDIDATES };
}

/** An encoder or a ranker of one's own: it has one input, and its columns are told. */
async function readModel(file: string): Promise<TracedModel> {
  const onnx = new Uint8Array(await readFile(file));
  const [input, ...others] = readOnnxOutline(onnx).inputs;
  const columns = input?.shape.at(-1);
  if (!input || others.length > 0 || typeof columns !== 'number')
    throw new Error(`${file}: a model has one input, [any number of rows, columns]`);
  return { name: basename(file), onnx, input: input.name, columns, ...(columns === FEATURE_COUNT ? { rows: CANDIDATES } : HISTORIES) };
}

const weightsOf = (specs: ReturnType<typeof rankerParameters>) =>
  new Map(specs.map(({ name, shape }) => [name, Float32Array.from({ length: elements(shape) }, (_, at) => Math.sin(at))]));
