import type { Snapshot } from '../catalog/snapshot.ts';
import { seededRandom } from '../kernel/random.ts';
import { recommend } from './recommend.ts';
import { fillRequest } from './request.ts';
import { Serving, type Engine } from './serving.ts';
import { Stopwatch } from './stopwatch.ts';

const LIMIT = 20;

/** Ids that each of these histories is recommended out of a snapshot, best first, as a cold isolate recommends: without the transformer. `atMs` decides what may be shown. */
export function recommendTo(
  histories: readonly (readonly string[])[],
  snapshot: Snapshot,
  openScanner: Engine['openScanner'],
  atMs: number,
): Promise<string[][]> {
  return askAll(
    histories,
    new Serving(snapshot, { openScanner, openModel: () => Promise.reject(new Error('no model is opened here')) }),
    atMs,
  );
}

async function askAll(histories: readonly (readonly string[])[], serving: Serving, atMs: number): Promise<string[][]> {
  const answers: string[][] = [];
  for (const history of histories) {
    const { items } = await recommend(
      fillRequest({ history, limit: LIMIT, nowMs: atMs, random: seededRandom(0) }),
      serving,
      new Stopwatch(() => 0),
    );
    answers.push(items.map(({ id }) => id));
  }
  return answers;
}
