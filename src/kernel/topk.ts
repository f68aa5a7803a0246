/**
 * The `k` highest-scoring rows of a stream, as a bounded min-heap over typed arrays: its threshold follows every offer, which
 * keeps most of a long stream out. Of equal scores the one offered first stays and comes first.
 */
export class TopK {
  readonly capacity: number;
  private size = 0;
  private offers = 0;
  private readonly scores: Float64Array;
  private readonly rows: Int32Array;
  /** The number of the offer: the later of two equal scores is the lower. */
  private readonly order: Int32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.scores = new Float64Array(capacity);
    this.rows = new Int32Array(capacity);
    this.order = new Int32Array(capacity);
  }

  /** A row must score above this to enter. */
  get threshold(): number {
    return this.size < this.capacity ? -Infinity : (this.scores[0] ?? Infinity);
  }

  offer(score: number, row: number): void {
    if (score <= this.threshold) return;
    const order = this.offers++;
    const at = this.size < this.capacity ? this.siftUp(this.size++, score) : this.siftDown(score, order);
    this.put(at, score, row, order);
  }

  /** The rows that were kept. */
  unordered(): Int32Array {
    return this.rows.subarray(0, this.size);
  }

  /** Best first, by heap sort: the lowest of what is left is taken from the root, time after time. Empties the heap. */
  drain(): { row: number; score: number }[] {
    const ordered: { row: number; score: number }[] = Array.from({ length: this.size });
    while (this.size > 0) {
      const last = --this.size;
      ordered[last] = { row: this.rows[0]!, score: this.scores[0]! };
      const [score, row, order] = [this.scores[last]!, this.rows[last]!, this.order[last]!];
      this.put(this.siftDown(score, order), score, row, order);
    }
    return ordered;
  }

  /** The place of a new score, which is the latest. */
  private siftUp(start: number, score: number): number {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.scores[parent]! < score) break;
      this.move(parent, at);
      at = parent;
    }
    return at;
  }

  /** The place of what takes the root's. */
  private siftDown(score: number, order: number): number {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.isLower(child + 1, this.scores[child]!, this.order[child]!)) child++;
      if (!this.isLower(child, score, order)) break;
      this.move(child, at);
      at = child;
    }
    return at;
  }

  private isLower(at: number, score: number, order: number): boolean {
    return this.scores[at]! < score || (this.scores[at] === score && this.order[at]! > order);
  }

  private move(from: number, to: number): void {
    this.put(to, this.scores[from]!, this.rows[from]!, this.order[from]!);
  }

  private put(at: number, score: number, row: number, order: number): void {
    this.scores[at] = score;
    this.rows[at] = row;
    this.order[at] = order;
  }
}
