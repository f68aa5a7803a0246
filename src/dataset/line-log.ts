import { DatasetError, LineFault } from './errors.ts';

/** Bad lines of a file that are kept word for word; the others are only counted. */
export const BAD_LINES_KEPT = 10;

export interface BadLine {
  readonly file: string;
  /** Counted from 1, the header included. */
  readonly line: number;
  readonly fault: string;
}

/** What became of the lines of one file. */
export class LineLog {
  readonly firstBad: BadLine[] = [];
  /** Lines read, without the header and blank ones. */
  lines = 0;
  badLines = 0;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Runs `read`, which takes in line number `line`, and says if it could; other faults than a `LineFault` pass. */
  attempt(line: number, read: () => void): boolean {
    this.lines++;
    try {
      read();
      return true;
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      this.badLines++;
      if (this.firstBad.length < BAD_LINES_KEPT) this.firstBad.push({ file: this.#file, line, fault: error.message });
      return false;
    }
  }

  /** Throws a `DatasetError` that lists the first bad lines when more than `maxBadShare` (0 to 1) of the lines are bad. */
  refuseAbove(maxBadShare: number): void {
    if (this.badLines <= maxBadShare * this.lines) return;
    const list = this.firstBad.map(({ file, line, fault }) => `\n  ${file}:${line}: ${fault}`).join('');
    const more = this.badLines > this.firstBad.length ? `\n  and ${this.badLines - this.firstBad.length} more` : '';
    throw new DatasetError(
      `${this.#file}: ${this.badLines} of ${this.lines} lines are bad, more than the share of ${maxBadShare} allowed${list}${more}`,
    );
  }
}
