import { buildServingEncoder, encoderParameters, type EncoderConfig, type ParameterSpec } from '../src/model/encoder.ts';
import { FEATURE_COUNT } from '../src/model/features.ts';
import { elements, type Graph } from '../src/model/graph.ts';
import { buildServingRanker, rankerParameters } from '../src/model/ranker.ts';
import { countGraph } from './count-graph.ts';
import { countScan } from './count-scan.ts';

/** Work by name, the same in every run, whatever else the machine does. */
export type Counts = Readonly<Record<string, number>>;

const SCAN_ITEMS = [12_000, 200_000];
const HISTORY_LENGTHS = [20, 50];
const CANDIDATES = 200;

/**
 * `scan.*`: WebAssembly instructions executed. `encoder.*` and `ranker.*`: multiplications, elements that other operators write, and operators
 * of the graphs that the code of today builds for this configuration; what ONNX Runtime makes of them is not counted.
 */
export async function countAll(encoder: EncoderConfig): Promise<Counts> {
  const scans = await Promise.all(SCAN_ITEMS.map(async (items) => [items, await countScan(items)] as const));
  const encoderGraph = buildServingEncoder(encoder, zeros(encoderParameters(encoder)));
  const flat = { mean: new Float32Array(FEATURE_COUNT), deviation: new Float32Array(FEATURE_COUNT).fill(1) };
  const rankerGraph = buildServingRanker(flat, zeros(rankerParameters()));
  return {
    ...Object.fromEntries(scans.map(([items, { nearest }]) => [`scan.items${items}`, nearest])),
    'scan.products200': scans[0]![1].products,
    ...Object.assign({}, ...HISTORY_LENGTHS.map((length) => named(`encoder.history${length}`, encoderGraph, { L: length }))),
    ...named(`ranker.candidates${CANDIDATES}`, rankerGraph, { C: CANDIDATES }),
  };
}

function named(name: string, graph: Graph, sizes: Readonly<Record<string, number>>): Counts {
  return Object.fromEntries(Object.entries(countGraph(graph, sizes)).map(([kind, counted]) => [`${name}.${kind}`, counted]));
}

/** Weights do not matter to a count. */
const zeros = (parameters: readonly ParameterSpec[]) =>
  new Map(parameters.map(({ name, shape }) => [name, new Float32Array(elements(shape))]));
