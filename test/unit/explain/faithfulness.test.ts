/**
 * Whether a reason says what the score came from (faithfulness by deletion; DeYoung et al., 2020, "ERASER"): without the items it
 * names, the recommended item must lose more of its score than without as many others of the history, drawn at random.
 */
import { beforeAll, expect, test } from 'vitest';
import { readDataset } from '../../../src/dataset/read.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { readFeatures } from '../../../src/recommend/read-features.ts';
import { fillRequest } from '../../../src/recommend/request.ts';
import { recommend } from '../../../src/recommend/recommend.ts';
import type { Serving } from '../../../src/recommend/serving.ts';
import { openSession } from '../../../src/recommend/session.ts';
import { clearTallies, fillTallies, readSignals } from '../../../src/recommend/signals.ts';
import { Stopwatch } from '../../../src/recommend/stopwatch.ts';
import { readArtefacts } from '../../../src/training/artefacts.ts';
import { openServing } from '../../../src/training/open-serving.ts';
import { historyIds } from '../../../src/training/sequences.ts';
import { splitDataset } from '../../../src/training/split.ts';

const USERS = 1_000;
const HISTORY = 50;

let serving: Serving;
let histories: string[][];
beforeAll(async () => {
  const { dataset } = await readDataset('data/online-retail');
  const { test: cases } = splitDataset(dataset, 'last-basket');
  // With two items there is one to name and one to delete instead; three leave room for two.
  histories = cases.map((held) => historyIds(dataset, held).slice(-HISTORY)).filter((history) => new Set(history).size > 3);
  serving = await openServing(await readArtefacts('models/online-retail'));
}, 120_000);

/** The ranker's score of one item for this history: features and models as in an answer. */
async function scoreOf(item: string, history: readonly string[]): Promise<number> {
  const session = openSession(history, serving.snapshot);
  const signals = await readSignals(session, serving, []);
  fillTallies(session, serving);
  const features = readFeatures(Int32Array.of(serving.snapshot.rowOf.get(item)!), session, signals, serving);
  clearTallies(serving);
  return (await serving.rank(features))[0]!;
}

test(`deleting what a reason names lowers the score more than deleting others, for at least 90 % of ${USERS} users`, async () => {
  const random = seededRandom(7);
  let more = 0;
  let [lost, lostAtRandom] = [0, 0];
  for (const history of histories.slice(0, USERS)) {
    const { items } = await recommend(fillRequest({ history, limit: 1, nowMs: 0, random }), serving, new Stopwatch(() => 0));
    const { id, reason } = items[0]!;
    expect(reason.because.length).toBeGreaterThan(0);
    const others = [...new Set(history)].filter((other) => !reason.because.includes(other));
    const drawn = reason.because.map(() => others.splice(Math.floor(random() * others.length), 1)[0]!);
    const without = (deleted: readonly string[]) => history.filter((each) => !deleted.includes(each));
    const whole = await scoreOf(id, history);
    const named = whole - (await scoreOf(id, without(reason.because)));
    const atRandom = whole - (await scoreOf(id, without(drawn)));
    if (named > atRandom) more++;
    lost += named / USERS;
    lostAtRandom += atRandom / USERS;
  }
  console.log(
    `faithfulness: ${((100 * more) / USERS).toFixed(1)} % of ${USERS}; score lost ${lost.toFixed(3)}, at random ${lostAtRandom.toFixed(3)}`,
  );
  expect(histories.length).toBeGreaterThanOrEqual(USERS);
  expect(more / USERS).toBeGreaterThanOrEqual(0.9);
}, 120_000);
