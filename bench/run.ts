/** `npm run bench`: what an answer costs, against an empty route of the same Worker, and what its parts cost. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { JSON_OPTION, printResult } from '../src/cli/output.ts';
import { startProgress } from '../src/cli/progress.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import { loadEngine } from '../src/training/open-serving.ts';
import { withRecordedStart } from '../src/training/record-start.ts';
import { buildWorker } from './build.ts';
import { measureCold } from './cold.ts';
import { measureEncoder } from './encoder.ts';
import { startInstance } from './instance.ts';
import { describeMachine, readVersions } from './machine.ts';
import { ratiosOf, targetsOf, type Figures } from './ratios.ts';
import { tellingFaults } from './faults.ts';
import { describeInMarkdown, describeResults, type Results } from './report.ts';
import { measureScan } from './scan.ts';
import { measureWarm } from './warm.ts';

const MODEL = process.env['EDGEWISE_BENCH_MODEL'] ?? 'models/online-retail';
const RESULTS_FOLDER = new URL('results/', import.meta.url);
const ENCODER_LENGTHS = [1, 10, 20, 50];

const FULL = {
  warm: { rounds: 40, warmUpRequests: 2_000, blockRequests: 100, blockMs: 500 },
  coldSamples: 10,
  scanItems: [10_000, 50_000, 200_000, 1_000_000],
  repeats: 300,
};
const QUICK: typeof FULL = {
  warm: { rounds: 8, warmUpRequests: 500, blockRequests: 50, blockMs: 200 },
  coldSamples: 5,
  scanItems: [10_000, 200_000],
  repeats: 50,
};

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
  printResult(results, json, describeResults);
}

/** One after another: two at once would measure each other. */
async function measure(artefacts: Artefacts, plan: typeof FULL, silent: boolean): Promise<Figures> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'edgewise-bench-'));
  try {
    const warm = await withProgress('warm', 'rounds', silent, async (onRound) => {
      const instance = await startInstance(stateFolder);
      try {
        await instance.publish(await withRecordedStart(artefacts));
        return await measureWarm(instance, artefacts, plan.warm, onRound);
      } finally {
        await instance.stop();
      }
    });
    const cold = await withProgress('cold', 'samples', silent, (onSample) =>
      measureCold(stateFolder, artefacts, plan.coldSamples, onSample),
    );
    const engine = await loadEngine();
    const scan = await withProgress('scan', 'sizes', silent, async (onSize) =>
      plan.scanItems.map((items, at) => {
        const figures = measureScan(engine.openScanner, items, plan.repeats);
        onSize(at + 1, plan.scanItems.length);
        return figures;
      }),
    );
    return { warm, cold, scan, encoder: await measureEncoder(engine, artefacts, ENCODER_LENGTHS, plan.repeats) };
  } finally {
    await rm(stateFolder, { recursive: true });
  }
}

async function withProgress<R>(
  label: string,
  unit: string,
  silent: boolean,
  action: (onStep: (done: number, total: number) => void) => Promise<R>,
): Promise<R> {
  const progress = startProgress(label, unit, { silent });
  try {
    return await action((done, total) => progress.update(done, total));
  } finally {
    progress.stop();
  }
}

const program = new Command('bench')
  .description('measure the Worker in workerd, against an empty route of the same Worker; writes bench/results')
  .option('--quick', 'a short run, for a look', false)
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
