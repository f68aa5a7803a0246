/** Some of the rows below a bound, each once, in the order in which they came; made once and used for one request at a time. */
export class RowSet {
  private readonly has: Uint8Array;
  private readonly added: Int32Array;
  private size = 0;

  constructor(rowCount: number) {
    this.has = new Uint8Array(rowCount);
    this.added = new Int32Array(rowCount);
  }

  add(row: number): void {
    if (this.has[row] === 1) return;
    this.has[row] = 1;
    this.added[this.size++] = row;
  }

  rows(): Int32Array {
    return this.added.slice(0, this.size);
  }

  clear(): void {
    for (let at = 0; at < this.size; at++) this.has[this.added[at]!] = 0;
    this.size = 0;
  }
}
