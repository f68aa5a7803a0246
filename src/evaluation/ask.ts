import { seededRandom } from '../kernel/random.ts';
import { recommend } from '../recommend/recommend.ts';
import { fillRequest, type Asked } from '../recommend/request.ts';
import type { Serving } from '../recommend/serving.ts';
import type { SeenPolicy } from '../recommend/settings.ts';
import { Stopwatch } from '../recommend/stopwatch.ts';

/** What somebody with this history, by ids, would have been answered at `atMs`: rows, best first. Rejects if the answer is degraded. */
export async function ask(
  asked: Pick<Asked, 'history' | 'limit' | 'exclude'>,
  seen: SeenPolicy,
  atMs: number,
  serving: Serving,
): Promise<number[]> {
  const request = fillRequest({ ...asked, overrides: { seen }, nowMs: atMs, random: seededRandom(0) });
  const { items, degraded } = await recommend(request, serving, new Stopwatch(() => 0));
  if (degraded.length > 0) throw new Error(`an answer was degraded: ${degraded.join()}`);
  return items.map(({ id }) => serving.snapshot.rowOf.get(id)!);
}
