/** `npm run bench:check`: whether the ratios of a bench, or what is counted, are worse than before. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Command, Option } from 'commander';
import { count, JSON_OPTION, printResult, table } from '../src/cli/output.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import { compareRatios, type Comparison, type Ratios } from './compare.ts';
import { countAll, type Counts } from './count.ts';
import { tellingFaults } from './faults.ts';
import { MODEL } from './model.ts';

const LATEST = 'bench/results/latest.json';
const COUNTED = 'bench/results/counts.json';

/** The last digit of a logarithm, of which the rows of the scan are made, may differ between versions of V8. */
const COUNTS_VARY_BY = 0.001;

interface CheckOptions {
  readonly before: string;
  readonly after: string;
  readonly counted: string;
  readonly worse: number;
  readonly json: boolean;
}

/** Ratios may vary by `worse` per cent; what is counted, now, is the same in every run. */
async function run({ before, after, counted, worse, json }: CheckOptions): Promise<void> {
  const [{ ratios: old }, { ratios }] = [await readJson<{ ratios: Ratios }>(before), await readJson<{ ratios: Ratios }>(after)];
  const comparisons = compareRatios(old, ratios, worse / 100);
  const { model } = await readArtefacts(MODEL);
  const counts = compareRatios(await readJson<Counts>(counted), await countAll(model.encoder), COUNTS_VARY_BY);
  printResult({ before, after, counted, worse, comparisons, counts }, json, () => [
    ...describe('ratio', comparisons, (value) => value.toFixed(2)),
    '',
    ...describe('counted', counts, count),
  ]);
  if ([...comparisons, ...counts].some(({ verdict }) => verdict === 'worse')) process.exitCode = 1;
}

/** What stands in a file, or in a commit: `HEAD:bench/results/latest.json`. */
async function readJson<Content>(from: string): Promise<Content> {
  const text = from.includes(':') ? (await promisify(execFile)('git', ['show', from])).stdout : await readFile(from, 'utf8');
  return JSON.parse(text) as Content;
}

function describe(what: string, comparisons: readonly Comparison[], format: (value: number) => string): string[] {
  const cell = (value: number | undefined) => (value === undefined ? '-' : format(value));
  return table([
    [what, 'before', 'after', ''],
    ...comparisons.map(({ name, before, after, verdict }) => [name, cell(before), cell(after), verdict]),
  ]);
}

function parsePercent(text: string): number {
  const percent = Number(text);
  if (!(percent >= 0)) throw new Error(`--worse takes a number of per cent that is not negative, not "${text}"`);
  return percent;
}

const program = new Command('bench:check')
  .description(
    'compare the ratios of two results of `npm run bench`, and what `npm run bench:counts` counts; exits with 1 where something has become worse',
  )
  .option('--before <results>', 'a file, or <commit>:<path>', `HEAD:${LATEST}`)
  .option('--after <results>', 'the same', LATEST)
  .option('--counted <results>', 'what the counts of now are held against, the same', `HEAD:${COUNTED}`)
  .addOption(new Option('--worse <percent>', 'by how much a ratio may grow').argParser(parsePercent).default(20))
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
