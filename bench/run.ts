/** `npm run bench`: what an answer costs, against an empty route of the same Worker, and what its parts cost. */
import { mkdir, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { JSON_OPTION, printResult } from '../src/cli/output.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import { buildWorker } from './build.ts';
import { tellingFaults } from './faults.ts';
import { describeMachine, readVersions } from './machine.ts';
import { measure } from './measure.ts';
import { MODEL } from './model.ts';
import { FULL, QUICK } from './plan.ts';
import { ratiosOf } from './ratios.ts';
import { describeInMarkdown, describeResults, P50_PLOT, THROUGHPUT_PLOT, type Results } from './report.ts';
import { drawP50, drawThroughput } from './size-plot.ts';
import { targetsOf } from './targets.ts';

const RESULTS_FOLDER = new URL('results/', import.meta.url);

interface RunOptions {
  readonly quick: boolean;
  readonly json: boolean;
}

async function run({ quick, json }: RunOptions): Promise<void> {
  const machine = describeMachine();
  const artefacts = await readArtefacts(MODEL);
  buildWorker();
  const figures = await measure(artefacts, quick ? QUICK : FULL, json);
  const ratios = ratiosOf(figures);
  const results: Results = {
    date: new Date().toISOString(),
    machine,
    versions: readVersions(),
    model: { catalogue: artefacts.model.catalogue, items: artefacts.model.items },
    quick,
    figures,
    ratios,
    targets: targetsOf(figures, ratios),
  };
  await mkdir(RESULTS_FOLDER, { recursive: true });
  await writeFile(new URL('latest.json', RESULTS_FOLDER), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(new URL('latest.md', RESULTS_FOLDER), describeInMarkdown(results));
  await writeFile(new URL(P50_PLOT, RESULTS_FOLDER), drawP50(figures.sizes));
  await writeFile(new URL(THROUGHPUT_PLOT, RESULTS_FOLDER), drawThroughput(figures.sizes));
  printResult(results, json, describeResults);
}

const program = new Command('bench')
  .description('measure the Worker in workerd, against an empty route of the same Worker; writes bench/results')
  .option('--quick', 'a short run, for a look', false)
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
