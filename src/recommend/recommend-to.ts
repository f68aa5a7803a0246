import type { Snapshot } from '../catalog/snapshot.ts';
import { recommend } from './recommend.ts';
import { Serving, type Engine } from './serving.ts';
import { Stopwatch } from './stopwatch.ts';

const LIMIT = 20;

/** Ids that each of these histories is recommended out of a snapshot, best first, as a cold isolate recommends: without the transformer. */
export async function recommendTo(
  histories: readonly (readonly string[])[],
  snapshot: Snapshot,
  openScanner: Engine['openScanner'],
): Promise<string[][]> {
  const serving = new Serving(snapshot, { openScanner, openModel: () => Promise.reject(new Error('no model is opened here')) });
  const answers: string[][] = [];
  for (const history of histories) {
    const { items } = await recommend({ history, limit: LIMIT, exclude: [], seen: 'drop' }, serving, new Stopwatch(() => 0));
    answers.push(items.map(({ id }) => id));
  }
  return answers;
}
