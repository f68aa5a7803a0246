/** `npm run bench:llm`: what a recommendation takes with the language model absent, slow, failing and fast. */
import { Command } from 'commander';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { JSON_OPTION, printResult, table } from '../src/cli/output.ts';
import { startStandIn, type Manner } from '../scripts/llm-stand-in.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import buildWorker from '../test/e2e/build.ts';
import { startWorker } from '../test/e2e/harness.ts';
import { publishTo } from '../test/fixtures/publish.ts';
import { tellingFaults } from './faults.ts';
import { makeHistories } from './histories.ts';
import { LIMIT } from './routes.ts';
import { latencyOf, timed, type Latency } from './statistics.ts';

const MODEL = process.env['EDGEWISE_BENCH_MODEL'] ?? 'models/online-retail';
const HISTORY_LENGTH = 20;
/** `absent`: none is configured. */
const ENDPOINTS = ['absent', 'slow', 'failing', 'fast'] as const satisfies readonly ('absent' | Manner)[];

const FULL = { rounds: 40, blockRequests: 50, warmUpRequests: 300 };
const QUICK: typeof FULL = { rounds: 10, blockRequests: 30, warmUpRequests: 60 };

interface Row extends Latency {
  readonly endpoint: (typeof ENDPOINTS)[number];
  /** Calls that reached the endpoint, and answers with a text in them. */
  readonly calls: number;
  readonly explained: number;
}

/** Four Workers beside each other, a block of requests at each in turn: what else the machine does falls on all of them. */
async function run({ quick, json }: { readonly quick: boolean; readonly json: boolean }): Promise<void> {
  const plan = quick ? QUICK : FULL;
  const artefacts = await readArtefacts(MODEL);
  const histories = makeHistories(artefacts, HISTORY_LENGTH);
  buildWorker();
  const subjects = [];
  try {
    for (const endpoint of ENDPOINTS) subjects.push(await openSubject(endpoint, artefacts));
    for (const { ask } of subjects) for (let at = 0; at < plan.warmUpRequests; at++) await ask(histories[at % histories.length]!);
    for (let round = 0; round < plan.rounds; round++) {
      for (const { ask, samplesMs } of subjects) {
        for (let at = 0; at < plan.blockRequests; at++)
          samplesMs.push(await timed(() => ask(histories[(round * plan.blockRequests + at) % histories.length]!)));
      }
    }
    const rows = subjects.map(({ endpoint, samplesMs, counted }): Row => ({ endpoint, ...latencyOf(samplesMs), ...counted() }));
    printResult({ requests: plan.rounds * plan.blockRequests, rows }, json, describe);
  } finally {
    for (const { close } of subjects) await close();
  }
}

/** The built Worker with this endpoint, and a catalogue published. */
async function openSubject(endpoint: Row['endpoint'], artefacts: Artefacts) {
  const standIn = endpoint === 'absent' ? undefined : await startStandIn(0, endpoint);
  const endpoints = standIn ? [{ name: endpoint, region: 'bench', url: standIn.url, model: 'any' }] : [];
  const worker = await startWorker({ LLM_ENDPOINTS: JSON.stringify(endpoints) });
  await publishTo(worker.kv, artefacts, Date.now());
  let explained = 0;
  return {
    endpoint,
    samplesMs: [] as number[],
    counted: () => ({ calls: standIn?.calls() ?? 0, explained }),
    async ask(history: readonly string[]) {
      const { status, body } = await worker.recommend({ history, limit: LIMIT, explain: true });
      if (status !== 200 || body.items.length !== LIMIT)
        throw new Error(`${endpoint}: not a full answer: ${JSON.stringify(body).slice(0, 200)}`);
      if (body.items.some(({ explanation }) => explanation !== undefined)) explained++;
    },
    async close() {
      await worker.close();
      await standIn?.close();
    },
  };
}

function describe({ requests, rows }: { readonly requests: number; readonly rows: readonly Row[] }): string[] {
  const ms = (value: number) => value.toFixed(2);
  return [
    `a recommendation with explanations asked for, history of ${HISTORY_LENGTH}, ${requests} requests each, milliseconds`,
    ...table([
      ['endpoint', 'p50', 'p90', 'p99', 'calls', 'answers with a text'],
      ...rows.map(({ endpoint, p50, p90, p99, calls, explained }) => [endpoint, ms(p50), ms(p90), ms(p99), calls, explained]),
    ]),
  ];
}

const program = new Command('bench:llm')
  .description('measure recommendations with the language model absent, slow (30 s), failing and fast')
  .option('--quick', 'a short run, for a look', false)
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
