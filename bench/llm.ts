/** `npm run bench:llm`: what a recommendation takes with the language model absent, slow, failing and fast. */
import { Command } from 'commander';
import { JSON_OPTION, printResult, table } from '../src/cli/output.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import build from '../test/e2e/build.ts';
import { startWorker } from '../test/e2e/harness.ts';
import { tellingFaults } from './faults.ts';
import { makeHistories } from './histories.ts';
import { LIMIT } from './routes.ts';
import { latencyOf, timed, type Latency } from './statistics.ts';
import { startEndpoint, type Manner } from './llm-endpoint.ts';

const MODEL = process.env['EDGEWISE_BENCH_MODEL'] ?? 'models/online-retail';
const HISTORY_LENGTH = 20;
/** `absent`: none is configured. */
const ROWS = ['absent', 'slow', 'failing', 'fast'] as const satisfies readonly ('absent' | Manner)[];

const FULL = { rounds: 40, blockRequests: 50, warmUpRequests: 300 };
const QUICK = { rounds: 10, blockRequests: 30, warmUpRequests: 60 };

interface Row extends Latency {
  readonly endpoint: (typeof ROWS)[number];
  /** Calls that reached the endpoint. */
  readonly calls: number;
}

/** Four Workers beside each other, a block of requests at each in turn: what else the machine does falls on all of them. */
async function run({ quick, json }: { readonly quick: boolean; readonly json: boolean }): Promise<void> {
  const plan = quick ? QUICK : FULL;
  const artefacts = await readArtefacts(MODEL);
  const histories = makeHistories(artefacts, HISTORY_LENGTH);
  build();
  const measured = [];
  for (const endpoint of ROWS) measured.push({ ...(await open(endpoint)), samplesMs: [] as number[] });
  try {
    for (const { worker } of measured) {
      await worker.publish(artefacts);
      for (let at = 0; at < plan.warmUpRequests; at++) await worker.ask(histories[at % histories.length]!);
    }
    for (let round = 0; round < plan.rounds; round++) {
      for (const { worker, samplesMs } of measured) {
        for (let at = 0; at < plan.blockRequests; at++) {
          const history = histories[(plan.warmUpRequests + round * plan.blockRequests + at) % histories.length]!;
          samplesMs.push(await timed(() => worker.ask(history)));
        }
      }
    }
    const rows = measured.map(({ endpoint, samplesMs, calls }): Row => ({ endpoint, ...latencyOf(samplesMs), calls: calls() }));
    printResult({ requests: plan.rounds * plan.blockRequests, rows }, json, describe);
  } finally {
    for (const { close } of measured) await close();
  }
}
