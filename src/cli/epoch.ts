import type { EpochReport } from '../training/train-encoder.ts';
import { count } from './output.ts';

/** A line for a person who watches a training. */
export function describeEpoch({ epoch, loss, ndcg10, isBest, positionsPerSecond, secondsLeft }: EpochReport): string {
  return (
    `epoch ${String(epoch).padStart(3)}  loss ${loss.toFixed(4)}  validation NDCG@10 ${ndcg10.toFixed(4)}${isBest ? ' *' : '  '}  ` +
    `${count(Math.round(positionsPerSecond))} positions/s  at most ${Math.ceil(secondsLeft / 60)} min left`
  );
}
