/** `npm run bench:counts`: the work of the scan, the encoder and the ranker, counted and not timed; writes bench/results/counts.json. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { JSON_OPTION, printResult, table } from '../src/cli/output.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import { countAll, type Counts } from './count.ts';
import { tellingFaults } from './faults.ts';
import { MODEL } from './model.ts';

async function run({ json }: { readonly json: boolean }): Promise<void> {
  const { model } = await readArtefacts(MODEL);
  const counts: Counts = await countAll(model.encoder);
  await writeFile(new URL('results/counts.json', import.meta.url), `${JSON.stringify(counts, null, 2)}\n`);
  printResult(counts, json, () => table(Object.entries(counts)));
}

const program = new Command('bench:counts')
  .description('count what the scan, the encoder and the ranker do: the same in every run; writes bench/results/counts.json')
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
