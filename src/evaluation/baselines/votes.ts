import { HORIZONS } from '../../model/features.ts';
import { Tally, type Neighbours } from '../../model/neighbours.ts';
import type { Fitted } from './baseline.ts';

/** What an item of the history counts less than the one after it. */
export const DECAYS = [HORIZONS.now, 0.8, 0.9, 0.95, HORIZONS.long, 1].map((decay) => ({ decay }));

/** Scores by the summed neighbours of the history. */
export function byNeighbours(neighbours: Neighbours): Fitted<{ decay: number }> {
  const tally = new Tally(neighbours.start.length - 1);
  const { start, item, weight } = neighbours;
  return {
    bytes: start.byteLength + item.byteLength + weight.byteLength,
    scorer:
      ({ decay }) =>
      ({ history }, scores) => {
        tally.addHistory(neighbours, history, decay);
        for (const row of tally.rows()) scores[row] = tally.get(row);
        tally.clear();
      },
  };
}
