import { TopK } from '../../kernel/topk.ts';
import type { Tally } from '../../model/neighbours.ts';
import type { Situation } from '../situation.ts';
import type { Source } from './source.ts';

const NEIGHBOURS = 100;
const TEXTS = 60;

/** What people went on to from the items of the history. */
export const rules: Source = (situation) => heaviest(situation.serving.tallies.rulesLong, NEIGHBOURS, situation);

/** What the same people had. */
export const coVisits: Source = (situation) => heaviest(situation.serving.tallies.coVisitsLong, NEIGHBOURS, situation);

/** What says the same as the newest items. */
export const texts: Source = (situation) => heaviest(situation.serving.tallies.textNow, TEXTS, situation);

function heaviest(tally: Tally, count: number, { permitted, session }: Situation): Int32Array {
  const best = new TopK(count + session.seen.size);
  for (const row of tally.rows()) if (permitted?.[row] !== 0) best.offer(tally.get(row), row);
  return best.unordered();
}
