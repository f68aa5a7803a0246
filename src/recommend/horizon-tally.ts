import { selectTop } from '../kernel/select.ts';
import { HORIZONS } from '../model/features.ts';
import { unitOf, type Neighbours } from '../model/neighbours.ts';

/** The tables whose neighbours are added up, each over two horizons: places of their scores among those of a row. */
const HORIZON_AT = { now: 0, long: 1 } as const;
const TABLE_AT = { rules: 0, coVisits: 2, texts: 4 } as const;
const SCORES_A_ROW = 6; // one of each table and horizon
/** An item whose weight has decayed to this adds nothing any more. */
const SHARE_MIN = 1e-6;

/** The rows that are chosen from, with their scores: one list for all tallies, as each is read before the next is made. */
const listsOf = (length: number) => ({ rows: new Int32Array(length), weights: new Float32Array(length) });
let listed = listsOf(1024);

export type Tallies = { readonly [table in keyof typeof TABLE_AT]: HorizonTally };

/** A tally of each table. All scores of an item are side by side: whoever asks for one asks for all. */
export function makeTallies(itemCount: number): Tallies {
  const scores = new Float32Array(itemCount * SCORES_A_ROW);
  const tally = (table: keyof Tallies) => new HorizonTally(scores, TABLE_AT[table], itemCount);
  return { rules: tally('rules'), coVisits: tally('coVisits'), texts: tally('texts') };
}

/** The neighbours of a history in one table, added up over both horizons; made once and used for one request at a time. */
class HorizonTally {
  /** [items, SCORES_A_ROW] */
  private readonly scores: Float32Array;
  /** The same memory as bits. */
  private readonly bits: Int32Array;
  /** Place of the first score of this table in a row. */
  private readonly first: number;
  /** [items + 1] The first `count` are the rows with a score; the next is written before it is known whether it is one. */
  private readonly touched: Int32Array;
  private count = 0;

  constructor(scores: Float32Array, first: number, itemCount: number) {
    this.scores = scores;
    this.bits = new Int32Array(scores.buffer);
    this.first = first;
    this.touched = new Int32Array(itemCount + 1);
  }

  /**
   * Adds the neighbours of a history of item rows, oldest first: the newest item's with weight 1, the one before with the decay of
   * the horizon, and so on. No weight is below 0: whether a row has a score is told by a bit that any above 0 has.
   */
  add(neighbours: Neighbours, history: ArrayLike<number>): void {
    const { start, item, weight } = neighbours;
    const { scores, bits, first, touched } = this;
    let { count } = this;
    let shareNow = 1;
    let shareLong = 1;
    for (let at = history.length - 1; at >= 0 && shareLong > SHARE_MIN; at--) {
      const from = history[at]!;
      const end = start[from + 1]!;
      const unit = unitOf(neighbours, from);
      const unitNow = shareNow * unit;
      const unitLong = shareLong * unit;
      for (let k = start[from]!; k < end; k++) {
        const row = item[k]!;
        const each = weight[k]!;
        if (each === 0) continue; // it would be touched again and again
        const place = row * SCORES_A_ROW + first;
        touched[count] = row;
        count += 1 + (-bits[place + 1]! >> 31); // none where there is a score, without a branch that would have to wait for it
        if (unitNow !== 0) scores[place] = scores[place]! + unitNow * each;
        scores[place + 1] = scores[place + 1]! + unitLong * each;
      }
      shareNow *= HORIZONS.now;
      if (shareNow <= SHARE_MIN) shareNow = 0;
      shareLong *= HORIZONS.long;
    }
    this.count = count;
  }

  now(row: number): number {
    return this.scores[row * SCORES_A_ROW + this.first + HORIZON_AT.now]!;
  }

  long(row: number): number {
    return this.scores[row * SCORES_A_ROW + this.first + HORIZON_AT.long]!;
  }

  /** The `count` rows with the highest scores of a horizon, as far as they have one and `permitted` [items] is not 0 for them. */
  heaviest(horizon: keyof typeof HORIZON_AT, count: number, permitted: Uint8Array | undefined): Int32Array {
    const { touched, scores } = this;
    if (listed.rows.length < this.count) listed = listsOf(2 * this.count);
    const { rows, weights } = listed;
    const offset = this.first + HORIZON_AT[horizon];
    let size = 0;
    for (let at = 0; at < this.count; at++) {
      const row = touched[at]!;
      const score = scores[row * SCORES_A_ROW + offset]!;
      if (score === 0 || permitted?.[row] === 0) continue;
      rows[size] = row;
      weights[size++] = score;
    }
    const chosen = selectTop(weights.subarray(0, size), count); // places among the listed, then their rows
    for (let at = 0; at < chosen.length; at++) chosen[at] = rows[chosen[at]!]!;
    return chosen;
  }

  clear(): void {
    for (let at = 0; at < this.count; at++) {
      const place = this.touched[at]! * SCORES_A_ROW + this.first;
      this.scores[place] = this.scores[place + 1] = 0;
    }
    this.count = 0;
  }
}
