import { seededRandom, shuffle } from '../../kernel/random.ts';
import type { Graph } from '../../model/graph.ts';
import { pickRows, type RankingCase } from '../ranking-cases.ts';
import { trainRanker } from '../train-ranker.ts';

/** Lists of a teacher for each real case, of which the best is chosen. */
const WEIGHTS = [0.25, 1] as const;
/** By so many standard errors a teacher has to be better than none. */
const STANDARD_ERRORS = 3;

/**
 * Trains the ranker on real cases, and again with lists of a teacher among them, and keeps the weight that is best on the real cases held out. A teacher has to be surely better
 * there than none, and than its own lists in an order of chance: more lists can help by being more, whatever they say. One that says nothing useful gets weight 0.
 */
export async function trainTaughtRanker(
  cases: readonly RankingCase[],
  lists: readonly RankingCase[],
  seed: number,
  onEpoch: (done: number, total: number) => void,
): Promise<{ readonly ranker: Graph; readonly weight: number }> {
  const train = (by: readonly RankingCase[], weight: number) => trainRanker(cases, seed, onEpoch, { lists: by, weight });
  const alone = await train([], 0);
  let best = { ...alone, weight: 0 };
  for (const weight of lists.length > 0 ? WEIGHTS : []) {
    const taught = await train(lists, weight);
    if (mean(taught.heldLosses) >= mean(best.heldLosses) || !isSurelyBelow(taught.heldLosses, alone.heldLosses)) continue;
    const byChance = await train(inOrdersOfChance(lists, seed), weight);
    if (isSurelyBelow(taught.heldLosses, byChance.heldLosses)) best = { ...taught, weight };
  }
  return { ranker: best.ranker, weight: best.weight };
}

/** The same candidates, wanted in the order of a lottery. */
function inOrdersOfChance(lists: readonly RankingCase[], seed: number): RankingCase[] {
  const random = seededRandom(seed);
  return lists.map((list) => {
    const places = Array.from({ length: list.targets }, (_, place) => place);
    shuffle(places, random);
    return { ...list, features: pickRows(list.features, places) };
  });
}

/** Whether losses [n] are below others of the same cases by more than chance makes them (paired differences). */
function isSurelyBelow(losses: readonly number[], others: readonly number[]): boolean {
  const differences = losses.map((loss, at) => others[at]! - loss);
  const middle = mean(differences);
  const variance = mean(differences.map((difference) => (difference - middle) ** 2));
  return middle > STANDARD_ERRORS * Math.sqrt(variance / differences.length);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
