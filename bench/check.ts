/** `npm run bench:check`: whether the ratios of a bench are worse than those of another one. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Command, Option } from 'commander';
import { JSON_OPTION, printResult, table } from '../src/cli/output.ts';
import { compareRatios, type Comparison, type Ratios } from './compare.ts';
import { tellingFaults } from './faults.ts';

const LATEST = 'bench/results/latest.json';

interface CheckOptions {
  readonly before: string;
  readonly after: string;
  readonly worse: number;
  readonly json: boolean;
}

async function run({ before, after, worse, json }: CheckOptions): Promise<void> {
  const comparisons = compareRatios(await readRatios(before), await readRatios(after), worse / 100);
  printResult({ before, after, worse, comparisons }, json, () => describe(comparisons));
  if (comparisons.some(({ verdict }) => verdict === 'worse')) process.exitCode = 1;
}

/** The ratios of results in a file, or in a commit: `HEAD:bench/results/latest.json`. */
async function readRatios(from: string): Promise<Ratios> {
  const text = from.includes(':') ? (await promisify(execFile)('git', ['show', from])).stdout : await readFile(from, 'utf8');
  return (JSON.parse(text) as { ratios: Ratios }).ratios;
}

function describe(comparisons: readonly Comparison[]): string[] {
  const cell = (value: number | undefined) => value?.toFixed(2) ?? '-';
  return table([
    ['ratio', 'before', 'after', ''],
    ...comparisons.map(({ name, before, after, verdict }) => [name, cell(before), cell(after), verdict]),
  ]);
}

function parsePercent(text: string): number {
  const percent = Number(text);
  if (!(percent >= 0)) throw new Error(`--worse takes a number of per cent that is not negative, not "${text}"`);
  return percent;
}

const program = new Command('bench:check')
  .description('compare the ratios of two results of `npm run bench`; exits with 1 where one has become worse')
  .option('--before <results>', 'a file, or <commit>:<path>', `HEAD:${LATEST}`)
  .option('--after <results>', 'the same', LATEST)
  .addOption(new Option('--worse <percent>', 'by how much a ratio may grow').argParser(parsePercent).default(20))
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
