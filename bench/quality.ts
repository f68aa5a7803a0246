/** `npm run bench:quality`: how good a model's lists are beside other methods', and what they cost; by the functions of `edgewise evaluate`. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Command, Option } from 'commander';
import { describeEpoch } from '../src/cli/epoch.ts';
import { describeEvaluation } from '../src/cli/evaluation-report.ts';
import { parseDuration, parsePositive } from '../src/cli/options.ts';
import { JSON_OPTION, printResult } from '../src/cli/output.ts';
import { progressByMethod } from '../src/cli/progress.ts';
import { readDataset } from '../src/dataset/read.ts';
import { evaluate } from '../src/evaluation/evaluate.ts';
import { openTrial, trainingTrial, type HoldOut } from '../src/evaluation/models.ts';
import { PROTOCOLS, type Protocol } from '../src/training/split.ts';
import { tellingFaults } from './faults.ts';
import { drawQuality } from './quality-plot.ts';
import { describeQuality, replaceMarked, type QualityResults, type QualityRow } from './quality-table.ts';

const RESULTS_FOLDER = new URL('results/', import.meta.url);
const README = new URL('../README.md', import.meta.url);

interface QualityOptions {
  readonly data: string;
  readonly model?: string;
  readonly protocol?: Protocol;
  readonly seeds: number;
  readonly budget: number;
  readonly json: boolean;
}

async function run({ data, model, protocol, seeds, budget, json }: QualityOptions): Promise<void> {
  const { dataset: read } = await readDataset(data);
  const shownData = isAbsolute(data) || data.startsWith('..') ? read.name : data; // a path on this machine means nothing elsewhere
  const command = `npm run bench:quality -- --data ${shownData} ${model ? `--model ${model}` : `--seeds ${seeds} --budget ${budget / 60_000}m`}`;
  const nowMs = () => performance.now();
  const progress = progressByMethod({ silent: false });
  const measure = async (asked: HoldOut, suffix: string) => {
    const trial = model
      ? await openTrial(read, model, asked)
      : trainingTrial(
          read,
          asked,
          { seeds, budgetMs: budget, command },
          { nowMs, onEpoch: async (report) => void process.stderr.write(`${describeEpoch(report)}\n`), onStage: progress.update },
        );
    const evaluation = await evaluate(trial.dataset, trial.split, trial.models, { onCase: progress.update, nowMs });
    const rows: QualityRow[] = evaluation.rows.map((row) => ({ ...row, ...evaluation.costs[row.name]!, name: row.name + suffix }));
    return { ...evaluation, rows, protocol: trial.split.protocol };
  };
  const first = await measure({ protocol, ties: model ? undefined : 'file' }, '');
  // The items of a basket are held out together, whatever their order.
  const orderMatters = model === undefined && read.ties > 0 && first.protocol !== 'last-basket';
  const shuffled = orderMatters ? await measure({ protocol, ties: 'shuffled' }, ', ties shuffled') : undefined;
  progress.stop();

  const { protocol: used, omitted } = first;
  const rows = [...first.rows, ...(shuffled?.rows ?? [])];
  const seedRows = [...first.seeds, ...(shuffled?.seeds ?? []).map((row) => ({ ...row, name: `${row.name}, ties shuffled` }))];
  const results: QualityResults = {
    dataset: read.name,
    protocol: used,
    command,
    date: new Date().toISOString(),
    rows,
    seeds: seedRows,
    omitted,
  };
  await writeResults(results);
  printResult(results, json, () =>
    [first, shuffled].flatMap((measured) => (measured ? describeEvaluation({ ...results, ties: 'file', ...measured }) : [])),
  );
}

/** Writes the results and their plot, and the README's table of all results there are. */
async function writeResults(results: QualityResults): Promise<void> {
  await mkdir(RESULTS_FOLDER, { recursive: true });
  const name = `quality-${results.dataset}`;
  await writeFile(new URL(`${name}.json`, RESULTS_FOLDER), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(new URL(`${name}.svg`, RESULTS_FOLDER), drawQuality(`${results.dataset}, ${results.protocol}`, results.rows));
  const names = (await readdir(RESULTS_FOLDER)).filter((file) => /^quality-.*\.json$/.test(file)).sort();
  const all = await Promise.all(
    names.map(async (file) => JSON.parse(await readFile(new URL(file, RESULTS_FOLDER), 'utf8')) as QualityResults),
  );
  await writeFile(README, replaceMarked(await readFile(README, 'utf8'), describeQuality(all)));
}

const program = new Command('bench:quality')
  .description('measure recommendation quality and its cost; writes bench/results/quality-<data>.json and .svg and the table of the README')
  .requiredOption('--data <path>', 'file or folder of the data set')
  .option('--model <folder>', 'what `train` wrote from that data; without it models are trained from scratch')
  .addOption(new Option('--protocol <name>', 'what is held out; by default what suits the data').choices(PROTOCOLS))
  .addOption(new Option('--seeds <n>', 'train with seeds 1 to n').argParser(parsePositive).default(1).conflicts('model'))
  .addOption(
    new Option('--budget <time>', 'train each seed no longer than this')
      .argParser(parseDuration)
      .default(parseDuration('30m'), '30m')
      .conflicts('model'),
  )
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
