import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { readDataset } from '../dataset/read.ts';
import { orderTies, TIE_ORDERS, type TieOrder } from '../dataset/ties.ts';
import { writeArtefacts } from '../training/artefacts.ts';
import { loadCheckpoint, removeCheckpoint, saveCheckpoint } from '../training/checkpoint.ts';
import { PROTOCOLS, protocolFor, splitDataset, type Protocol } from '../training/split.ts';
import { SETTLED_SHARE, finishModel } from '../training/train.ts';
import { layOutTraining, startTraining, TRAINING_DEFAULTS, trainEncoder, type TrainingConfig } from '../training/train-encoder.ts';
import { readTeacher } from '../training/teacher/answers.ts';
import { prepareTraining } from '../training/training-data.ts';
import { openSource, withDataSource, type DataSource } from './data-source.ts';
import { describeCommand, describeTeacher } from './describe-training.ts';
import { describeEpoch } from './epoch.ts';
import { count, JSON_OPTION, printResult } from './output.ts';
import { parseBudget, parseCount, parseDropout, parsePositive } from './options.ts';
import { progressByMethod, startProgress } from './progress.ts';
import { writeRankingCases } from './ranking-cases-csv.ts';

interface TrainOptions extends DataSource {
  out: string;
  protocol?: Protocol;
  ties: TieOrder;
  budget?: number;
  seed: number;
  epochs: number;
  patience: number;
  dropout: number;
  threads: number;
  resume: boolean;
  teacher?: string;
  rankingCases?: string;
  json: boolean;
}

export function trainCommand(): Command {
  const { seed, epochsMax, patience, dropout, threads } = TRAINING_DEFAULTS;
  return withDataSource(
    new Command('train').description(
      'train a model on a data set, or on what a service logged: item vectors, encoder, neighbours and the weights that join them',
    ),
  )
    .requiredOption('--out <folder>', 'where the model goes')
    .addOption(new Option('--protocol <name>', 'what is held out; by default what suits the data').choices(PROTOCOLS))
    .addOption(new Option('--ties <order>', 'what the order of interactions at one time is taken for').choices(TIE_ORDERS).default('file'))
    .addOption(
      new Option(
        '--budget <time>',
        'be done in about this time, as 30m; the least is one epoch and what follows it, about six times as long',
      ).argParser(parseBudget),
    )
    .option('--seed <number>', 'the same seed gives the same bytes', parseCount, seed)
    .option('--epochs <number>', 'at most this many passes over the data', parsePositive, epochsMax)
    .option('--patience <number>', 'stop after this many epochs without a better validation', parsePositive, patience)
    .option('--dropout <share>', 'share of activations dropped in training', parseDropout, dropout)
    .addOption(new Option('--threads <number>', 'processor threads').argParser(parsePositive).default(threads))
    .option('--teacher <file>', 'also learn from what `distill` wrote, as far as that helps on the validation')
    .option('--ranking-cases <file>', 'also write what the ranker learns from, as CSV: to train a ranker elsewhere (docs/models.md)')
    .option('--resume', 'go on from the last epoch of an interrupted run in the same folder', false)
    .option(...JSON_OPTION, false)
    .action(runTrain);
}

async function runTrain(options: TrainOptions, command: Command): Promise<void> {
  await openSource(options, command, (path) => trainOn(path, options));
}

async function trainOn(data: string, options: TrainOptions): Promise<void> {
  const { out, json } = options;
  const log = (line: string) => json || process.stderr.write(`${line}\n`);
  const startedMs = performance.now();
  const { dataset: read } = await readDataset(data);
  const dataset = orderTies(read, options.ties);
  const split = splitDataset(dataset, options.protocol ?? protocolFor(dataset));
  if (split.validation.length === 0)
    throw new Error(`${dataset.name} has no user with enough interactions to validate on: three are needed`);
  log(
    `${dataset.name}: ${count(dataset.users.length)} users, ${count(dataset.items.length)} items, ${count(dataset.item.length)} interactions; ` +
      `${split.protocol}, ${count(split.validation.length)} cases to validate, ${count(split.test.length)} to test`,
  );

  const config: TrainingConfig = {
    ...TRAINING_DEFAULTS,
    seed: options.seed,
    epochsMax: options.epochs,
    patience: options.patience,
    dropout: options.dropout,
    threads: options.threads,
  };
  const teacher = options.teacher === undefined ? undefined : await readTeacher(options.teacher);
  const prepared = prepareTraining(dataset, split, options.ties, config.seed, teacher);
  const runKey = JSON.stringify([
    dataset.hash,
    split.protocol,
    options.ties,
    { ...config, epochsMax: undefined, patience: undefined },
    ...(teacher ? [teacher.hash] : []),
  ]);
  const { rankingCases } = options;
  for (const folder of [out, ...(rankingCases === undefined ? [] : [dirname(rankingCases)])]) await mkdir(folder, { recursive: true }); // not after an hour
  const state = (options.resume && (await loadCheckpoint(out, runKey))) || startTraining(layOutTraining(prepared, config), config.seed);
  if (options.resume) log(state.epoch > 0 ? `going on after epoch ${state.epoch}` : `no interrupted run is in ${out}: beginning anew`);

  let progress = startProgress(`epoch ${state.epoch + 1}`, 'batches', { silent: json });
  await trainEncoder(prepared, config, state, {
    nowMs: () => performance.now(),
    ...(options.budget === undefined ? {} : { deadlineMs: startedMs + SETTLED_SHARE * options.budget }),
    onBatch: (done, total) => progress.update(done, total),
    onEpoch: async (report, reached) => {
      progress.stop();
      log(describeEpoch(report));
      await saveCheckpoint(out, runKey, reached);
      progress = startProgress(`epoch ${report.epoch + 1}`, 'batches', { silent: json });
    },
  });
  progress.stop();

  const command = describeCommand(options.fromR2 ? undefined : dataset.name, options);
  const stages = progressByMethod({ silent: json });
  const artefacts = await finishModel(prepared, config, state, command, {
    onStage: stages.update,
    ...(rankingCases !== undefined && { onRankingCases: (cases) => writeRankingCases(rankingCases, cases) }),
  }).finally(stages.stop);
  const written = await writeArtefacts(out, artefacts);
  await removeCheckpoint(out);
  printResult({ model: artefacts.model, written }, json, () => [
    ...describeTeacher(artefacts.model),
    `best epoch ${state.bestEpoch}: validation NDCG@10 ${state.bestNdcg10.toFixed(4)} by the transformer alone`,
    ...written.map((path) => `wrote ${path}`),
  ]);
}
