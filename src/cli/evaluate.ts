import { basename } from 'node:path';
import { Command, Option } from 'commander';
import type { Dataset } from '../dataset/dataset.ts';
import { readDataset } from '../dataset/read.ts';
import { TIE_ORDERS, type TieOrder } from '../dataset/ties.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { besides, openTrial, trainingTrial, type HoldOut } from '../evaluation/models.ts';
import { PROTOCOLS, type Protocol } from '../training/split.ts';
import { describeEpoch } from './epoch.ts';
import { describeEvaluation } from './evaluation-report.ts';
import { parseBudget, parsePositive } from './options.ts';
import { JSON_OPTION, printResult } from './output.ts';
import { progressByMethod } from './progress.ts';

const SEEDS = 1;
const BUDGET = '30m';

interface EvaluateOptions {
  data: string;
  model?: string;
  beside?: string;
  protocol?: Protocol;
  ties?: TieOrder;
  seeds: number;
  budget: number;
  json: boolean;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('measure a model through the pipeline that serves, beside the methods it must beat')
    .requiredOption('--data <path>', 'file or folder of the data set')
    .option('--model <folder>', 'what `train` wrote from that data; without it models are trained from scratch')
    .option('--beside <folder>', 'another model of that data, to be measured beside it: one without a teacher, for example')
    .addOption(
      new Option('--protocol <name>', 'what is held out; by default what suits the data, or what the model was trained with').choices(
        PROTOCOLS,
      ),
    )
    .addOption(new Option('--ties <order>', 'what the order of interactions at one time is taken for (default: file)').choices(TIE_ORDERS))
    .addOption(
      new Option('--seeds <n>', 'train with seeds 1 to n and print their means').argParser(parsePositive).default(SEEDS).conflicts('model'),
    )
    .addOption(
      new Option('--budget <time>', 'train each seed in about this time; `train --help` says how short it can be')
        .argParser(parseBudget)
        .default(parseBudget(BUDGET), BUDGET)
        .conflicts('model'),
    )
    .option(...JSON_OPTION, false)
    .action(runEvaluate);
}

async function runEvaluate(
  { data, model: folder, beside, protocol, ties, seeds, budget, json }: EvaluateOptions,
  self: Command,
): Promise<void> {
  if (beside !== undefined && folder === undefined) self.error("error: option '--beside <folder>' needs '--model <folder>'");
  const { dataset: read } = await readDataset(data);
  const progress = progressByMethod({ silent: json });
  const nowMs = () => performance.now();
  const onEpoch = (report: Parameters<typeof describeEpoch>[0]) => json || process.stderr.write(`${describeEpoch(report)}\n`);
  const command = `edgewise evaluate --data ${read.name}`;
  const trial = folder
    ? await openModels(read, folder, beside, { protocol, ties })
    : trainingTrial(
        read,
        { protocol, ties },
        { seeds, budgetMs: budget, command },
        { nowMs, onEpoch: async (report) => void onEpoch(report), onStage: progress.update },
      );
  const { dataset, split, models } = trial;
  const {
    rows,
    omitted,
    seeds: bySeed,
  } = await evaluate(dataset, split, models, { onCase: progress.update, nowMs }).finally(progress.stop);
  const result = {
    dataset: dataset.name,
    protocol: split.protocol,
    ties: trial.ties,
    ...('model' in trial ? { model: trial.model } : { seeds: bySeed }),
    rows,
    omitted,
  };
  printResult(result, json, () => describeEvaluation(result));
}

async function openModels(data: Dataset, folder: string, beside: string | undefined, asked: HoldOut) {
  const trial = await openTrial(data, folder, asked);
  return beside === undefined ? trial : besides(trial, data, beside, basename(beside));
}
