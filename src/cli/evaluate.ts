import { Command } from 'commander';
import { readDataset } from '../dataset/read.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { evaluateBaselines, evaluateServed, type EvaluationRow } from '../training/evaluation.ts';
import { openServing } from '../training/open-serving.ts';
import { splitDataset } from '../training/split.ts';
import { JSON_OPTION, printResult, table } from './output.ts';
import { startProgress, type Progress } from './progress.ts';

interface EvaluateOptions {
  data: string;
  model: string;
  json: boolean;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('measure a model through the pipeline that serves, beside the methods it must beat')
    .requiredOption('--data <path>', 'the data set the model was trained on')
    .requiredOption('--model <folder>', 'what `train` wrote')
    .option(...JSON_OPTION, false)
    .action(runEvaluate);
}

async function runEvaluate({ data, model, json }: EvaluateOptions): Promise<void> {
  const { dataset } = await readDataset(data);
  const artefacts = await readArtefacts(model);
  if (artefacts.model.data.hash !== dataset.hash) {
    throw new Error(
      `the model in ${model} was trained on other data than ${data}: its held-out interactions are not known. Train on this data first.`,
    );
  }
  const split = splitDataset(dataset, artefacts.model.data.protocol);
  const { onCase, stop } = progressByMethod(json);
  const rows = [
    ...(await evaluateBaselines(dataset, split, onCase)),
    await evaluateServed(dataset, split, await openServing(artefacts), onCase),
  ];
  stop();
  printResult({ dataset: dataset.name, protocol: split.protocol, model: artefacts.model, rows }, json, () =>
    describe(dataset.name, split.protocol, rows),
  );
}

function describe(name: string, protocol: string, rows: readonly EvaluationRow[]): string[] {
  const lines = rows.map((row) => [
    row.name,
    row['recall@10'].toFixed(4),
    row['ndcg@10'].toFixed(4),
    `${(100 * row['coverage@10']).toFixed(1)} %`,
    row.settings,
  ]);
  return [
    `${name}, ${protocol}, ${rows[0]!.cases} test cases, every item ranked, items of the history left out`,
    ...table([['method', 'Recall@10', 'NDCG@10', 'coverage', 'settings (chosen on validation)'], ...lines]),
  ];
}

/** One progress bar a method. */
function progressByMethod(silent: boolean) {
  let method = '';
  let progress: Progress | undefined;
  return {
    onCase: (name: string, done: number, total: number) => {
      if (name !== method) {
        progress?.stop();
        progress = startProgress(name, 'cases', { silent });
        method = name;
      }
      progress?.update(done, total);
    },
    stop: () => progress?.stop(),
  };
}
