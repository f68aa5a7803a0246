import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Artefacts } from '../../../src/catalog/snapshot.ts';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { evaluate } from '../../../src/evaluation/evaluate.ts';
import { gatherKnown } from '../../../src/evaluation/known.ts';
import { mean, measureAccuracy } from '../../../src/evaluation/measure.ts';
import { rankCases } from '../../../src/evaluation/rank.ts';
import { readArtefacts, writeArtefacts } from '../../../src/training/artefacts.ts';
import { loadCheckpoint, saveCheckpoint } from '../../../src/training/checkpoint.ts';
import { splitDataset } from '../../../src/training/split.ts';
import { finishModel } from '../../../src/training/train.ts';
import { itemVectors } from '../../../src/training/parameters.ts';
import { prepareTraining } from '../../../src/training/training-data.ts';
import {
  layOutTraining,
  settle,
  startTraining,
  trainEncoder,
  type EpochReport,
  type TrainingConfig,
  type TrainingHooks,
  type TrainingState,
} from '../../../src/training/train-encoder.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';

const DATASET = syntheticDataset({ users: 200, items: 200, seed: 3, clusters: 5, meanInteractions: 14 });
const SPLIT = splitDataset(DATASET, 'leave-one-out');
const CONFIG: TrainingConfig = {
  encoder: { dims: 16, blocks: 1, heads: 2, length: 10, hidden: 16 },
  seed: 1,
  dropout: 0.1,
  learningRate: 1e-2,
  batch: 32,
  epochsMax: 4,
  patience: 4,
  settlingEpochs: 1,
  validationCases: 5_000,
  threads: 1,
};
const DATA = prepareTraining(DATASET, SPLIT, 'file', 1);
const LAYOUT = layOutTraining(DATA, CONFIG);

interface Run {
  readonly state: TrainingState;
  readonly reports: readonly EpochReport[];
}

async function train(changes: Partial<TrainingConfig> = {}, from?: TrainingState, hooks: Partial<TrainingHooks> = {}): Promise<Run> {
  const config = { ...CONFIG, ...changes };
  const reports: EpochReport[] = [];
  let clockMs = 0;
  const state = await trainEncoder(DATA, config, from ?? startTraining(LAYOUT, config.seed), {
    nowMs: () => (clockMs += 500),
    onEpoch: async (report) => void reports.push(report),
    ...hooks,
  });
  return { state, reports };
}

let uninterrupted: Run;
let again: Run;
beforeAll(async () => {
  uninterrupted = await train();
  again = await train();
});

describe('training', () => {
  test('gets better, and better than what is popular', async () => {
    const { state, reports } = uninterrupted;
    const { byPopularity } = gatherKnown('validation', DATASET, SPLIT);
    const { filtered } = rankCases(
      () => undefined,
      SPLIT.validation,
      DATASET,
      byPopularity,
      () => undefined,
    );
    expect(state.bestNdcg10).toBeGreaterThan(1.5 * mean(measureAccuracy(SPLIT.validation, filtered)['ndcg@10']));
    expect(state.bestNdcg10).toBeGreaterThan(1.2 * reports[0]!.ndcg10);
    expect(reports.at(-1)!.loss).toBeLessThan(0.8 * reports[0]!.loss);
    // At first every item is as likely as any other.
    expect(reports[0]!.loss).toBeLessThan(Math.log(DATASET.items.length) + 0.01);
  });

  test('tells how it goes', () => {
    const { state, reports } = uninterrupted;
    expect(reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    const best = Math.max(...reports.map(({ ndcg10 }) => ndcg10));
    expect(state.bestNdcg10).toBe(best);
    expect(reports[state.bestEpoch - 1]!.ndcg10).toBe(best);
    reports.forEach(({ ndcg10, isBest }, at) => expect(isBest).toBe(reports.slice(0, at).every((report) => report.ndcg10 < ndcg10)));
    // The clock of this test gives an epoch half a second.
    expect(reports.map(({ secondsLeft }) => secondsLeft)).toEqual([1.5, 1, 0.5, 0]);
    const positions = SPLIT.trainEnd.reduce((sum, end, user) => sum + Math.max(0, end - DATASET.start[user]! - 1), 0);
    expect(reports[0]!.positionsPerSecond).toBeCloseTo(2 * positions, 6);
  });

  test('depends on the seed and on nothing else', async () => {
    expect(again.state).toEqual(uninterrupted.state);
    expect(again.reports).toEqual(uninterrupted.reports);
    const other = await train({ seed: 2, epochsMax: 1 });
    expect(other.reports[0]!.loss).not.toBe(uninterrupted.reports[0]!.loss);
    // Also with several threads.
    const [first, second] = [await train({ threads: 2, epochsMax: 1 }), await train({ threads: 2, epochsMax: 1 })];
    expect(second.state).toEqual(first.state);
    expect(other.state.weights).not.toEqual(first.state.weights);
  });

  test('goes on from a checkpoint as if it had not stopped, wherever in the next epoch it was stopped', async () => {
    const folder = await temporaryFolder();
    let batches = 0;
    const interrupted = train({}, undefined, {
      onEpoch: (report, state) => (report.epoch <= 2 ? saveCheckpoint(folder, 'run', state) : Promise.resolve()),
      onBatch: (_, total) => {
        if (++batches === 2 * total + 2) throw new Error('the power is out');
      },
    });
    await expect(interrupted).rejects.toThrow('the power is out');
    const resumed = await loadCheckpoint(folder, 'run');
    expect(resumed?.epoch).toBe(2);
    expect((await train({}, resumed)).state).toEqual(uninterrupted.state);
  });

  test('stops when it has not got better for so long, and keeps the best', async () => {
    // Nothing is learned, so that the first epoch stays the best.
    const { state, reports } = await train({ learningRate: 0, epochsMax: 50, patience: 2 });
    expect(reports.map(({ isBest }) => isBest)).toEqual([true, false, false]);
    expect(state.bestEpoch).toBe(1);
    // Far too large steps undo what the first ones did.
    let best = new Float32Array();
    const wild = await train({ learningRate: 20, epochsMax: 4 }, undefined, {
      onEpoch: async ({ isBest }, { weights }) => void (best = isBest ? weights.slice() : best),
    });
    expect(wild.state.bestEpoch).toBeLessThan(4);
    expect(wild.state.bestWeights).toEqual(best);
    expect(wild.state.weights).not.toEqual(best);
    // There is nothing more to do for one that is done.
    expect((await train({ learningRate: 0, epochsMax: 50, patience: 2 }, state)).reports).toEqual([]);
    expect((await train({ epochsMax: 4 }, uninterrupted.state)).reports).toEqual([]);
  });

  test('measures no more cases than it is told to', async () => {
    const all = uninterrupted.reports[0]!.ndcg10;
    const few = (await train({ epochsMax: 1, validationCases: 7 })).reports[0]!.ndcg10;
    expect(few).not.toBe(all);
  });
});

describe('a finished model', () => {
  const finish = async ({ state }: Run) => finishModel(DATA, CONFIG, state, 'edgewise train');
  let artefacts: Artefacts;
  beforeAll(async () => {
    // Only the best weights count, not the last.
    artefacts = await finish({ ...uninterrupted, state: { ...uninterrupted.state, weights: new Float32Array(LAYOUT.total) } });
  });

  test('has the same bytes for the same seed, and can be read again', async () => {
    const folders = [await temporaryFolder(), await temporaryFolder()];
    const written = await writeArtefacts(folders[0]!, artefacts);
    await writeArtefacts(folders[1]!, await finish(again));
    expect(written.map((path) => basename(path)).sort()).toEqual([
      'co-visits.bin',
      'encoder.onnx',
      'items.ndjson',
      'manifest.json',
      'ranker.onnx',
      'rules.bin',
      'statistics.bin',
      'texts.bin',
      'vectors.f32',
    ]);
    expect(basename(written.at(-1)!)).toBe('manifest.json');
    for (const path of written) expect(await readFile(join(folders[1]!, basename(path)))).toEqual(await readFile(path));
    const { rules, coVisits, texts: _, ...same } = await readArtefacts(folders[0]!);
    const { rules: exactRules, coVisits: exactCoVisits, texts: __, ...exact } = artefacts;
    expect(same).toEqual(exact);
    // The weights of neighbours are kept in steps; which they are is kept exactly.
    expect([[...rules.start], [...rules.item]]).toEqual([[...exactRules.start], [...exactRules.item]]);
    expect([[...coVisits.start], [...coVisits.item]]).toEqual([[...exactCoVisits.start], [...exactCoVisits.item]]);
  });

  test('says what it is', async () => {
    const { model, items, vectors, statistics } = artefacts;
    expect(model).toMatchObject({
      format: 2,
      items: 200,
      encoder: CONFIG.encoder,
      data: { hash: DATASET.hash, users: 200, interactions: DATASET.item.length, protocol: 'leave-one-out' },
      seed: 1,
      validation: { epoch: uninterrupted.state.bestEpoch, ndcg10: uninterrupted.state.bestNdcg10 },
      command: 'edgewise train',
    });
    expect(model.coldScoring.transformer).toBe(0);
    expect(model.coldScoring.rulesNow).not.toBe(0);
    expect(items).toBe(DATASET.items);
    // The weights settled, with the validation known.
    const settled = await settle(DATA, CONFIG, uninterrupted.state.bestWeights, SPLIT.knownEnd);
    expect(vectors).toEqual(itemVectors(LAYOUT, settled, DATA.texts));
    // Everything but the tests is known.
    expect(statistics.popularity.reduce((sum, count) => sum + count, 0)).toBe(DATASET.item.length - SPLIT.test.length);
  });

  test('serves better than what is popular', async () => {
    const cases = { ...SPLIT, test: SPLIT.test.slice(0, 60) };
    const told: string[] = [];
    const hooks = { nowMs: () => 0, onCase: (method: string, done: number, total: number) => void told.push(`${method} ${done}/${total}`) };
    const { rows } = await evaluate(DATASET, cases, [{ seed: 1, open: async () => artefacts }], hooks);
    const [popularity, markov, served] = ['popularity', 'last-item Markov', 'served'].map((name) => rows.find((row) => row.name === name));
    expect(served!.cases).toBe(60);
    expect(served!['recall@10']).toBeGreaterThan(1.5 * popularity!['recall@10']);
    expect(served!['ndcg@10']).toBeGreaterThan(1.5 * popularity!['ndcg@10']);
    expect(markov!['ndcg@10']).toBeGreaterThan(1.5 * popularity!['ndcg@10']);
    expect(served!['coverage@10']).toBeGreaterThan(popularity!['coverage@10']);
    expect(served!.versus!['popularity']!['ndcg@10'].p).toBeLessThan(0.05);
    expect(told.filter((line) => /^served \d/.test(line))).toHaveLength(60);
    expect(told.at(-1)).toBe('served, float 60/60');
  });
});
