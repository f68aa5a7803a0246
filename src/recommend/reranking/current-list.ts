import { LIMITS } from '../../domain/limits.ts';
import { seededRandom } from '../../kernel/random.ts';
import type { CurrentList } from './queue.ts';
import { pastOf } from '../../session/past.ts';
import { newestOf } from '../../session/reranking.ts';
import type { Sessions } from '../../session/sessions.ts';
import { recommend } from '../recommend.ts';
import { fillRequest } from '../request.ts';
import type { ScenarioName } from '../scenarios.ts';
import type { Serving } from '../serving.ts';
import { Stopwatch } from '../stopwatch.ts';

/** What a user is recommended now without what a language model made of it before; undefined for a user of whom nothing is known. Rejects where the session cannot be reached. */
export async function currentList(
  user: string,
  scenario: ScenarioName,
  serving: Serving,
  sessions: Sessions,
  nowMs: number,
): Promise<CurrentList | undefined> {
  const session = await sessions.read(user);
  const { history, rejected, critiques } = pastOf(session);
  const { items, rowOf } = serving.snapshot;
  const itemsOf = (ids: readonly string[]) =>
    ids.flatMap((id) => {
      const row = rowOf.get(id);
      return row === undefined ? [] : [items.at(row)];
    });
  const chosen = itemsOf(history.slice(-LIMITS.rerankedHistory));
  if (chosen.length === 0) return undefined;
  if (serving.encoderDue(nowMs)) await serving.startEncoder(nowMs).catch(() => undefined); // without it the list is that of a cold isolate
  const request = fillRequest({
    scenario,
    history,
    critiques,
    exclude: rejected,
    limit: LIMITS.rerankedItems,
    nowMs,
    random: seededRandom(0),
  });
  const answer = await recommend(request, serving, new Stopwatch(() => 0));
  return { history: chosen, candidates: itemsOf(answer.items.map(({ id }) => id)), knew: newestOf(session) };
}
