/** For every item the items that go with it, in one compressed table: row `i` is entries `start[i] <= k < start[i + 1]`. */
export interface Neighbours {
  /** [items + 1] */
  readonly start: Uint32Array;
  /** [entries] rows of the neighbours, heaviest first */
  readonly item: Uint32Array | Uint16Array;
  /** [entries] in 255ths of the row's `heaviest` where the table has one: read as it is stored, a table of a snapshot takes a quarter of the memory */
  readonly weight: Float32Array | Uint8Array;
  /** [items] */
  readonly heaviest?: Float32Array;
}

/** A table as a snapshot has it. */
export interface StoredNeighbours extends Neighbours {
  readonly weight: Uint8Array;
  readonly heaviest: Float32Array;
}

/** The heaviest weight of a row of a stored table is written as this, the others in proportion. */
export const WEIGHT_STEPS = 255;

/** What the weights of a row are to be multiplied by. */
export const unitOf = ({ heaviest }: Neighbours, row: number): number => (heaviest ? heaviest[row]! / WEIGHT_STEPS : 1);

/** An item whose weight has decayed to this adds nothing any more. */
const SHARE_MIN = 1e-6;

/** Scores of a few items out of many, added up and then read back; made once and used for one request at a time. */
export class Tally {
  private readonly scores: Float32Array;
  /** Its first `count` entries count; it is kept between requests, as clearing an array gives its memory away. */
  private readonly touched: number[] = [];
  private count = 0;

  constructor(itemCount: number) {
    this.scores = new Float32Array(itemCount);
  }

  /**
   * Adds the neighbours of a history: the newest item's with weight 1, the one before with `decay`, and so on.
   * `history` holds item rows, oldest first.
   */
  addHistory(neighbours: Neighbours, history: ArrayLike<number>, decay: number): void {
    const { start, item, weight } = neighbours;
    let share = 1;
    for (let at = history.length - 1; at >= 0 && share > SHARE_MIN; at--, share *= decay) {
      const from = history[at]!;
      const unit = share * unitOf(neighbours, from);
      for (let k = start[from]!; k < start[from + 1]!; k++) this.add(item[k]!, unit * weight[k]!);
    }
  }

  add(row: number, score: number): void {
    if (this.scores[row] === 0) this.touched[this.count++] = row;
    this.scores[row]! += score;
  }

  get(row: number): number {
    return this.scores[row]!;
  }

  /** Rows with a score, in the order in which they were first touched. */
  rows(): number[] {
    return this.touched.slice(0, this.count);
  }

  clear(): void {
    for (let at = 0; at < this.count; at++) this.scores[this.touched[at]!] = 0;
    this.count = 0;
  }
}

/** The weight of the step `from -> to`, or 0. */
export function neighbourWeight(neighbours: Neighbours, from: number, to: number): number {
  const end = neighbours.start[from + 1]!;
  for (let k = neighbours.start[from]!; k < end; k++)
    if (neighbours.item[k] === to) return unitOf(neighbours, from) * neighbours.weight[k]!;
  return 0;
}
