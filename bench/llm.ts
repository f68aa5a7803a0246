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
import { MODEL } from './model.ts';
import { LIMIT } from './routes.ts';
import { latencyOf, timed, type Latency } from './statistics.ts';

const HISTORY_LENGTH = 20;
/** Starts the encoder. */
const WARM_UP = ['3', '17'];
/** `absent`: none is configured. */
const ENDPOINTS = ['absent', 'slow', 'failing', 'fast'] as const satisfies readonly ('absent' | Manner)[];

/** Histories, each asked for twice. */
const FULL = 1_000;
const QUICK = 60;

interface Row {
  readonly endpoint: (typeof ENDPOINTS)[number];
  /** Of the first answers to each history, after which texts are looked up and written, and of the second. */
  readonly first: Latency;
  readonly again: Latency;
  /** Calls that reached the endpoint, and answers with a text in them. */
  readonly calls: number;
  readonly explained: number;
}

/** Four Workers beside each other, every request sent to each in turn: what else the machine does falls on all of them. */
async function run({ quick, json }: { readonly quick: boolean; readonly json: boolean }): Promise<void> {
  const artefacts = await readArtefacts(MODEL);
  const histories = makeHistories(artefacts, HISTORY_LENGTH).slice(0, quick ? QUICK : FULL);
  buildWorker();
  const subjects: Awaited<ReturnType<typeof openSubject>>[] = [];
  try {
    for (const endpoint of ENDPOINTS) subjects.push(await openSubject(endpoint, artefacts));
    for (const { ask } of subjects) while ((await ask([])).degraded.length > 0 || (await ask(WARM_UP)).degraded.length > 0) await pause();
    const first = await measureAll(subjects, histories);
    const again = await measureAll(subjects, histories);
    const rows = subjects.map(({ endpoint, counted }, at): Row => ({ endpoint, first: first[at]!, again: again[at]!, ...counted() }));
    printResult({ requests: histories.length, rows }, json, describe);
  } finally {
    for (const { close } of subjects) await close();
  }
}

async function measureAll(
  subjects: readonly { readonly ask: (history: readonly string[]) => Promise<unknown> }[],
  histories: readonly string[][],
) {
  const samplesMs: number[][] = subjects.map(() => []);
  for (const [turn, history] of histories.entries()) {
    for (const at of subjects.keys()) {
      const subject = (at + turn) % subjects.length; // nobody is always behind the same
      samplesMs[subject]!.push(await timed(() => subjects[subject]!.ask(history)));
    }
  }
  return samplesMs.map(latencyOf);
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

/** The built Worker with this endpoint, and a catalogue published. */
async function openSubject(endpoint: Row['endpoint'], artefacts: Artefacts) {
  const standIn = endpoint === 'absent' ? undefined : await startStandIn(0, endpoint);
  const endpoints = standIn ? [{ name: endpoint, region: 'bench', url: standIn.url, model: 'any' }] : [];
  const worker = await startWorker({ LLM_ENDPOINTS: JSON.stringify(endpoints) });
  await publishTo(worker.kv, artefacts, Date.now());
  let explained = 0;
  return {
    endpoint,
    counted: () => ({ calls: standIn?.calls() ?? 0, explained }),
    async ask(history: readonly string[]) {
      const { status, body } = await worker.recommend({ history, limit: LIMIT, explain: true });
      if (status !== 200 || body.items.length !== LIMIT)
        throw new Error(`${endpoint}: not a full answer: ${JSON.stringify(body).slice(0, 200)}`);
      const { explanationId } = body.items[0]!;
      if (explanationId) void worker.send('GET', `/v1/explanations/${encodeURIComponent(explanationId)}`).catch(() => undefined);
      if (body.items.some(({ explanation }) => explanation !== undefined)) explained++;
      return body;
    },
    async close() {
      await worker.close();
      await standIn?.close();
    },
  };
}

function describe({ requests, rows }: { readonly requests: number; readonly rows: readonly Row[] }): string[] {
  const figures = ({ p50, p90 }: Latency) => [p50.toFixed(2), p90.toFixed(2)];
  return [
    `a recommendation with explanations asked for, and that of its first item fetched beside the next ones, history of ${HISTORY_LENGTH}, ${requests} requests each time, milliseconds`,
    ...table([
      ['endpoint', 'first: p50', 'p90', 'again: p50', 'p90', 'calls', 'answers with a text'],
      ...rows.map(({ endpoint, first, again, calls, explained }) => [endpoint, ...figures(first), ...figures(again), calls, explained]),
    ]),
  ];
}

const program = new Command('bench:llm')
  .description('measure recommendations with the language model absent, slow (30 s), failing and fast')
  .option('--quick', 'a short run, for a look', false)
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
