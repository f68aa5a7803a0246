/**
 * The `k` highest-scoring rows of a stream. Twice as many are gathered, in the order of the offers, before the lower half is
 * thrown away: a few operations an offer, whatever `k`. Of equal scores the one offered first stays and comes first.
 */
export class TopK {
  readonly capacity: number;
  private readonly scores: Float64Array;
  private readonly rows: Int32Array;
  private count = 0;
  /** All that is kept scores at least this. */
  private lowest = -Infinity;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.scores = new Float64Array(2 * capacity);
    this.rows = new Int32Array(2 * capacity);
    if (capacity === 0) this.lowest = Infinity;
  }

  /** A row must score above this to enter. */
  get threshold(): number {
    this.shrink();
    return this.lowest;
  }

  offer(score: number, row: number): void {
    if (score <= this.lowest) return;
    this.scores[this.count] = score;
    this.rows[this.count++] = row;
    if (this.count === this.scores.length) this.shrink();
  }

  /** The rows that were kept, in the order of their offers. */
  unordered(): Int32Array {
    this.shrink();
    return this.rows.subarray(0, this.count);
  }

  /** Best first. */
  ordered(): { row: number; score: number }[] {
    this.shrink();
    const kept = Array.from({ length: this.count }, (_, at) => ({ row: this.rows[at]!, score: this.scores[at]! }));
    return kept.sort((a, b) => b.score - a.score);
  }

  /** Throws away all but the best `capacity`; the others keep their order. */
  private shrink(): void {
    const { capacity, scores, rows, count } = this;
    if (count < capacity || capacity === 0) return;
    const lowest = (this.lowest = nthLargest(scores.slice(0, count), capacity - 1));
    if (count === capacity) return;
    let above = 0;
    for (let at = 0; at < count; at++) if (scores[at]! > lowest) above++;
    let equals = capacity - above; // that still have room
    let kept = 0;
    for (let at = 0; kept < capacity; at++) {
      if (scores[at]! < lowest || (scores[at] === lowest && equals-- <= 0)) continue;
      scores[kept] = scores[at]!;
      rows[kept++] = rows[at]!;
    }
    this.count = capacity;
  }
}

/** The value that sorting would put at `n`, largest first; leaves `values` in another order (Hoare's Algorithm 65, 1961). */
function nthLargest(values: Float64Array, n: number): number {
  let from = 0;
  let to = values.length - 1;
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let left = from;
    let right = to;
    while (left <= right) {
      while (values[left]! > pivot) left++;
      while (values[right]! < pivot) right--;
      if (left > right) break;
      const moved = values[left]!;
      values[left++] = values[right]!;
      values[right--] = moved;
    }
    if (n <= right) to = right;
    else if (n >= left) from = left;
    else break;
  }
  return values[n]!;
}
