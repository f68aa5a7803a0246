/** `npm run bench:sizes`: the part of `npm run bench` that goes through catalogues, for sizes of choice. It records nothing. */
import { Command, Option } from 'commander';
import { parsePositive } from '../src/cli/options.ts';
import { JSON_OPTION, printResult, table } from '../src/cli/output.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import { buildWorker } from './build.ts';
import { tellingFaults } from './faults.ts';
import { measureSizes } from './measure.ts';
import { MODEL } from './model.ts';
import { FULL, QUICK } from './plan.ts';
import { ratiosOfSizes, SIZE_HEAD, sizeRows } from './size-report.ts';

interface SizesOptions {
  readonly sizes: readonly number[];
  readonly quick: boolean;
  readonly json: boolean;
}

async function run({ sizes, quick, json }: SizesOptions): Promise<void> {
  const shipped = await readArtefacts(MODEL);
  buildWorker();
  const figures = await measureSizes(sizes, shipped, (quick ? QUICK : FULL).size, json);
  printResult({ quick, figures, ratios: ratiosOfSizes(figures) }, json, ({ ratios }) => [
    ...table([SIZE_HEAD, ...sizeRows(figures)]),
    '',
    ...table(Object.entries(ratios).map(([name, ratio]) => [name, ratio.toFixed(2)])),
  ]);
}

const parseSizes = (text: string): number[] => text.split(',').map(parsePositive);

const program = new Command('bench:sizes')
  .description('measure recommendations in synthetic catalogues of several sizes, in workerd; prints and records nothing')
  .addOption(new Option('--sizes <counts>', 'of items, divided by commas').argParser(parseSizes).default(FULL.sizes, FULL.sizes.join()))
  .option('--quick', 'a short run, for a look', false)
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
