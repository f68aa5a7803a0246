import { Command, Option } from 'commander';
import { readDataset } from '../dataset/read.ts';
import { measureCold, type ColdRow } from '../evaluation/cold.ts';
import { hideItems } from '../evaluation/cold-items.ts';
import { seededRandom } from '../kernel/random.ts';
import { protocolFor, splitDataset } from '../training/split.ts';
import { trainModel } from '../training/train.ts';
import { TRAINING_DEFAULTS } from '../training/train-encoder.ts';
import { prepareTraining } from '../training/training-data.ts';
import { parseBudget } from './options.ts';
import { describeEpoch } from './epoch.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';
import { progressByMethod } from './progress.ts';

const BUDGET = '5m';
const SHARE = 0.1;
const SEED = 1;

interface ColdOptions {
  readonly data: string;
  readonly budget: number;
  readonly json: boolean;
}

export function evaluateColdCommand(): Command {
  return new Command('evaluate-cold')
    .description('measure items that no model was trained on: a tenth is kept from training and comes with a refresh')
    .requiredOption('--data <path>', 'file or folder of the data set')
    .addOption(
      new Option('--budget <time>', 'train in about this time; `train --help` says how short it can be')
        .argParser(parseBudget)
        .default(parseBudget(BUDGET), BUDGET),
    )
    .option(...JSON_OPTION, false)
    .action(runEvaluateCold);
}

async function runEvaluateCold({ data, budget, json }: ColdOptions): Promise<void> {
  const { dataset } = await readDataset(data);
  const protocol = protocolFor(dataset);
  const { known, hidden } = hideItems(dataset, SHARE, seededRandom(SEED));
  const training = prepareTraining(known, splitDataset(known, protocol), 'file', SEED);
  const progress = progressByMethod({ silent: json });
  const artefacts = await trainModel(training, { ...TRAINING_DEFAULTS, seed: SEED }, `edgewise evaluate-cold --data ${dataset.name}`, {
    nowMs: () => performance.now(),
    onEpoch: async (report) => void (json || process.stderr.write(`${describeEpoch(report)}\n`)),
    onStage: progress.update,
    budgetMs: budget,
  });
  const measured = await measureCold(dataset, splitDataset(dataset, protocol), hidden, artefacts, progress.update).finally(progress.stop);
  const result = { dataset: dataset.name, protocol, ...measured };
  printResult(result, json, () => [
    `${result.dataset}, ${protocol}: ${count(result.fresh)} of ${count(result.items)} items are new, ${count(result.cases)} cases have a new target; all items ranked`,
    ...table([['', 'Recall@50 of new', '95 %', 'Recall@10 of others', 'places new items take'], ...result.rows.map(cells)]),
  ]);
}

function cells({ name, interval, shown, ...figures }: ColdRow): string[] {
  const of = (value: number) => value.toFixed(4);
  return [name, of(figures['recall@50']), interval.map(of).join('–'), of(figures['known recall@10']), `${(100 * shown).toFixed(1)} %`];
}
