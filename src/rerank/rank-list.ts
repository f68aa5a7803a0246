import type { JsonRequest } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import { seededRandom, shuffle } from '../kernel/random.ts';
import { joinOrders } from './order.ts';
import { promptFor, type RankedList } from './prompt.ts';

/**
 * Has a list put in order -> places of its candidates [n], best first. It is shown in several orders that follow from `seed`, and the answers are joined, because a language
 * model prefers what stands where it looks (permutation self-consistency; Tang et al., 2024, "Found in the Middle"). Rejects as `ask` does.
 */
export async function rankList(
  { history, candidates }: RankedList,
  ask: (request: JsonRequest<number[]>) => Promise<number[]>,
  seed: number,
): Promise<number[]> {
  const random = seededRandom(seed);
  const orders: number[][] = [];
  for (let time = 0; time < LIMITS.rerankingOrders; time++) {
    const shown = candidates.map((_, at) => at);
    shuffle(shown, random);
    const order = await ask(promptFor({ history, candidates: shown.map((at) => candidates[at]!) }));
    orders.push(order.map((place) => shown[place]!));
  }
  return joinOrders(orders);
}
