import { seededRandom } from '../../kernel/random.ts';
import { collectCandidates } from '../../recommend/candidates.ts';
import { fillRequest } from '../../recommend/request.ts';
import type { Serving } from '../../recommend/serving.ts';
import { readSignals } from '../../recommend/signals.ts';
import { openSituation } from '../../recommend/situation.ts';
import { TRAINING_LIST, pickRows, type RankingCase } from '../ranking-cases.ts';
import type { TeacherList } from './answers.ts';

/** What a teacher put in order, with the features that the serving path reads of it; items that it does not propose are left out. Lists of fewer than two items teach nothing. */
export async function collectTeacherCases(lists: readonly TeacherList[], serving: Serving): Promise<RankingCase[]> {
  const { rowOf } = serving.snapshot;
  const collected: RankingCase[] = [];
  for (const { history, atMs, order } of lists) {
    const request = fillRequest({ history, nowMs: atMs ?? NaN, random: seededRandom(0), ...TRAINING_LIST });
    const situation = openSituation(request, serving);
    const signals = await readSignals(situation.session, serving, []);
    const { rows, features } = collectCandidates(situation, signals);
    const placeOf = new Map([...rows].map((row, place) => [row, place]));
    const places = [...new Set(order)].flatMap((id) => placeOf.get(rowOf.get(id) ?? -1) ?? []);
    if (places.length >= 2)
      collected.push({ features: pickRows(features, places), targets: places.length, wanted: wantedBy(places.length) });
  }
  return collected;
}

/** How much of the choice falls on each place of a list -> [length], of sum 1: as much as its reciprocal rank. */
function wantedBy(length: number): Float32Array {
  const shares = Float32Array.from({ length }, (_, place) => 1 / (place + 1));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}
