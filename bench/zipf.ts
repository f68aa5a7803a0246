/**
 * `npm run bench:zipf`: how often a language model is called while 100,000 requests come in. In one Node process: the pipeline that serves and the
 * real classes of explanations, readings, their single flight and their client, over an endpoint, KV, a queue and gates in memory.
 */
import { Command } from 'commander';
import type { Reading } from '../src/domain/intent.ts';
import { JSON_OPTION, printResult, table } from '../src/cli/output.ts';
import { readDataset } from '../src/dataset/read.ts';
import { openBrief } from '../src/explain/brief.ts';
import type { Explanations } from '../src/explain/explanations.ts';
import { parseReference } from '../src/explain/reference.ts';
import { isDoubtful } from '../src/intent/reading/doubt.ts';
import { seededRandom } from '../src/kernel/random.ts';
import { openLanguageModel } from '../src/llm/client.ts';
import { recommend, type Answer } from '../src/recommend/recommend.ts';
import { fillRequest } from '../src/recommend/request.ts';
import type { Serving } from '../src/recommend/serving.ts';
import { Stopwatch } from '../src/recommend/stopwatch.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import { openServing } from '../src/training/open-serving.ts';
import { memoryGates } from '../src/llm/memory-gates.ts';
import { countingEndpoint } from './counting-endpoint.ts';
import { tellingFaults } from './faults.ts';
import { openIsolates, type Isolate } from './isolates.ts';
import { MODEL } from './model.ts';
import { visitsOf, type Visit } from './traffic.ts';

const DATA = 'data/online-retail';
const FULL = 100_000;
const QUICK = 10_000;
const WINDOWS = 10;
const ISOLATES = 4;
const SEARCHES = 0.1;
/** Share of the visitors who ask why the first item is recommended. */
const CURIOUS = 0.005;
/** Requests come evenly over a day. */
const DAY_MS = 24 * 60 * 60_000;
/** What the issue asks for, of the half of the requests that comes after the warm-up. */
const TARGET_PER_1000 = 10;
const LOCALE = 'en';

interface Window {
  readonly explanations: number;
  readonly readings: number;
  /** Share of recommendations with a text at the top, and of doubtful searches that a language model had read. */
  readonly explained: number;
  readonly read: number;
}

async function run({ quick, json }: { readonly quick: boolean; readonly json: boolean }): Promise<void> {
  const requests = quick ? QUICK : FULL;
  const serving = await openServing(await readArtefacts(MODEL));
  const { dataset } = await readDataset(DATA);
  const clock = { nowMs: Date.parse('2026-11-24T00:00:00Z') };
  const endpoint = countingEndpoint(serving.lexicon.offer.words[0]!);
  const model = openLanguageModel({
    endpoints: [
      {
        name: 'counting',
        region: 'bench',
        url: 'http://counting.invalid/v1',
        model: 'none',
        continents: [],
        countries: [],
        colos: [],
        priority: 0,
        tools: false,
      },
    ],
    gates: memoryGates({ concurrency: Infinity, dailyTokens: Infinity }),
    deadlines: { firstTextMs: 60_000, stallMs: 60_000, callMs: 60_000 },
    fetch: endpoint.fetch,
    nowMs: () => clock.nowMs,
    random: () => 0,
    newId: () => crypto.randomUUID(),
    sleep: async () => undefined,
    record: ({ result, fault }) => {
      if (result !== 'ok') throw new Error(`a call ended as ${result}: ${fault}`);
    },
  });
  console.log = () => undefined; // what the consumer logs of each reading
  const { isolates, consume } = openIsolates(ISOLATES, model, serving, () => clock.nowMs);
  const random = seededRandom(2);
  const pick = () => isolates[Math.floor(random() * ISOLATES)]!;
  const answers = rememberAnswers(serving);

  const windows: Window[] = [];
  let counted = { explained: 0, recommended: 0, read: 0, doubtful: 0 };
  let before = { ...endpoint.calls };
  let at = 0;
  for (const visit of visitsOf(dataset, requests, SEARCHES)) {
    clock.nowMs += DAY_MS / requests;
    const seen = await answerVisit(visit, pick(), random() < CURIOUS, answers, serving);
    for (const name of Object.keys(counted) as (keyof typeof counted)[]) counted[name] += seen[name] ?? 0;
    if (++at % ISOLATES === 0) await consume(pick);
    if (at % (requests / WINDOWS) !== 0) continue;
    const { explanations, readings } = endpoint.calls;
    windows.push({
      explanations: explanations - before.explanations,
      readings: readings - before.readings,
      explained: counted.explained / counted.recommended,
      read: counted.read / counted.doubtful,
    });
    before = { explanations, readings };
    counted = { explained: 0, recommended: 0, read: 0, doubtful: 0 };
  }
  const warm = windows.slice(WINDOWS / 2);
  const perThousand = (1000 * warm.reduce((sum, { explanations, readings }) => sum + explanations + readings, 0)) / (requests / 2);
  printResult({ requests, windows, perThousand, target: TARGET_PER_1000, runningMost: endpoint.runningMost }, json, describe);
  if (perThousand > TARGET_PER_1000) process.exitCode = 1;
}

/** What is asked of the pipeline: a visit, and the reading of its query where there is one. */
type Question = Visit & { readonly reading?: Reading };

/** Answers by what is asked: the same question gets the same answer each time. */
function rememberAnswers(serving: Serving): (question: Question) => Promise<Answer> {
  const known = new Map<string, Promise<Answer>>();
  const answer = (question: Question) => {
    const scenario = 'query' in question ? 'search' : 'home';
    return recommend(fillRequest({ ...question, scenario, nowMs: 0, random: () => 0 }), serving, new Stopwatch(() => 0));
  };
  return (question) => {
    const name = JSON.stringify(question);
    const answered = known.get(name) ?? answer(question);
    known.set(name, answered);
    return answered;
  };
}

/** What `http/recommender.ts` does with an answer. */
async function answerVisit(
  visit: Visit,
  { explanations, readings }: Isolate,
  curious: boolean,
  answers: ReturnType<typeof rememberAnswers>,
  serving: Serving,
) {
  const { snapshot, lexicon } = serving;
  if ('query' in visit) {
    const said = { kind: 'query', text: visit.query, locale: LOCALE } as const;
    const reading = readings.known(said);
    const { intent } = await answers({ ...visit, ...(reading && { reading }) });
    if (intent!.origin === 'llm') return { read: 1, doubtful: 1 };
    if (!isDoubtful(intent!.unknown, [intent!.about], lexicon)) return {};
    await readings.prepare(said, lexicon, {});
    return { doubtful: 1 };
  }
  const { items } = await answers(visit);
  const attached = explanations.attach(items, LOCALE, snapshot);
  const [first] = attached;
  const asked = curious && first?.explanationId ? tellAll(first.explanationId, explanations, serving) : undefined;
  await explanations.prepare(attached, snapshot, {});
  await asked;
  return { recommended: 1, explained: first?.explanation === undefined ? 0 : 1 };
}

/** Two visitors at once ask why. */
async function tellAll(id: string, explanations: Explanations, { snapshot }: Serving): Promise<void> {
  const tell = () =>
    Array.fromAsync(explanations.tell(openBrief(parseReference(id), snapshot), snapshot, { place: {}, urgency: 'waiting' }));
  await Promise.all([tell(), tell()]);
}

type Result = {
  readonly requests: number;
  readonly windows: readonly Window[];
  readonly perThousand: number;
  readonly runningMost: number;
};

function describe({ requests, windows, perThousand, runningMost }: Result): string[] {
  const size = requests / WINDOWS;
  const per1000 = (calls: number) => ((1000 * calls) / size).toFixed(1);
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  return [
    `${requests} requests, ${100 * SEARCHES} % of them searches, users and queries by Zipf's law, ${ISOLATES} isolates; calls of the language model per 1,000 requests`,
    ...table([
      ['requests', 'explanations', 'readings', 'first item with a text', 'doubtful searches read'],
      ...windows.map(({ explanations, readings, explained, read }, at) => [
        (at + 1) * size,
        per1000(explanations),
        per1000(readings),
        percent(explained),
        percent(read),
      ]),
    ]),
    `after the warm-up (the second half): ${perThousand.toFixed(1)} calls per 1,000 requests, target ${TARGET_PER_1000}`,
    `calls at once at most ${runningMost}, of one key never two`,
  ];
}

const program = new Command('bench:zipf')
  .description("count the calls of a language model while requests come in by Zipf's law")
  .option('--quick', 'a tenth of the requests, for a look', false)
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
