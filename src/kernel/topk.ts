/**
 * The `k` highest-scoring rows of a stream, as a bounded min-heap over typed arrays. Which of several equal scores stay and
 * how they are ordered follows from the order of the offers alone; once full, an equal score no longer enters.
 */
export class TopK {
  readonly capacity: number;
  size = 0;
  private readonly scores: Float64Array;
  private readonly rows: Int32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.scores = new Float64Array(capacity);
    this.rows = new Int32Array(capacity);
  }

  /** A row must score above this to enter. */
  get threshold(): number {
    return this.size < this.capacity ? -Infinity : (this.scores[0] ?? Infinity);
  }

  offer(score: number, row: number): void {
    if (score <= this.threshold) return;
    const at = this.size < this.capacity ? this.siftUp(this.size++, score) : this.siftDown(0, score);
    this.scores[at] = score;
    this.rows[at] = row;
  }

  /** Best first, by heap sort: the lowest of what is left is taken from the root, time after time. Empties the heap. */
  drain(): { row: number; score: number }[] {
    const ordered: { row: number; score: number }[] = Array.from({ length: this.size });
    while (this.size > 0) {
      const last = --this.size;
      ordered[last] = { row: this.rows[0]!, score: this.scores[0]! };
      const score = this.scores[last]!;
      const row = this.rows[last]!;
      const at = this.siftDown(0, score);
      this.scores[at] = score;
      this.rows[at] = row;
    }
    return ordered;
  }

  private siftUp(start: number, score: number): number {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.scores[parent]! <= score) break;
      this.move(parent, at);
      at = parent;
    }
    return at;
  }

  private siftDown(start: number, score: number): number {
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.scores[child + 1]! < this.scores[child]!) child++;
      if (this.scores[child]! >= score) break;
      this.move(child, at);
      at = child;
    }
    return at;
  }

  private move(from: number, to: number): void {
    this.scores[to] = this.scores[from]!;
    this.rows[to] = this.rows[from]!;
  }
}
