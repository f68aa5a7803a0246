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
    this.addFrom(history.length - 1, 1, neighbours, history, decay);
  }

  /** The same from place `last` of the history backwards, whose item has weight `share`. */
  private addFrom(last: number, share: number, neighbours: Neighbours, history: ArrayLike<number>, decay: number): void {
    const { start, item, weight } = neighbours;
    const { scores, touched } = this;
    let { count } = this;
    for (let at = last; at >= 0 && share > SHARE_MIN; at--, share *= decay) {
      const from = history[at]!;
      const end = start[from + 1]!;
      const unit = share * unitOf(neighbours, from);
      for (let k = start[from]!; k < end; k++) {
        const row = item[k]!;
        const score = scores[row]!;
        if (score === 0) touched[count++] = row;
        scores[row] = score + unit * weight[k]!;
      }
    }
    this.count = count;
  }

  /**
   * Adds a history to two tallies, `now` with the stronger decay and `long` with the weaker, and goes through the table once:
   * reading it costs more than adding up. Each gets what its `addHistory` would give it.
   */
  static addHorizons(
    [now, decayNow]: readonly [Tally, number],
    [long, decayLong]: readonly [Tally, number],
    neighbours: Neighbours,
    history: ArrayLike<number>,
  ): void {
    const { start, item, weight } = neighbours;
    const { scores: scoresNow, touched: touchedNow } = now;
    const { scores: scoresLong, touched: touchedLong } = long;
    let [countNow, countLong, shareNow, shareLong] = [now.count, long.count, 1, 1];
    let at = history.length - 1;
    for (; at >= 0 && shareNow > SHARE_MIN; at--, shareNow *= decayNow, shareLong *= decayLong) {
      const from = history[at]!;
      const end = start[from + 1]!;
      const unit = unitOf(neighbours, from);
      const [unitNow, unitLong] = [shareNow * unit, shareLong * unit];
      for (let k = start[from]!; k < end; k++) {
        const row = item[k]!;
        const each = weight[k]!;
        const scoreNow = scoresNow[row]!;
        if (scoreNow === 0) touchedNow[countNow++] = row;
        scoresNow[row] = scoreNow + unitNow * each;
        const scoreLong = scoresLong[row]!;
        if (scoreLong === 0) touchedLong[countLong++] = row;
        scoresLong[row] = scoreLong + unitLong * each;
      }
    }
    now.count = countNow;
    long.count = countLong;
    long.addFrom(at, shareLong, neighbours, history, decayLong);
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
