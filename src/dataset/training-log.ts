/** What of the lines of a training log became interactions to learn from. */
export interface LogReport {
  /** Lines of the log, merges of visitors among them. */
  readonly lines: number;
  /** Lines that said again what another one had said: the log may hold a batch twice. */
  readonly repeated: number;
  /** Interactions that say nothing for their item, such as impressions and dislikes. */
  readonly notFor: number;
  /** Visitors who turned out to be users. */
  readonly visitors: number;
}

interface LogLine {
  readonly type: string;
  readonly user: string;
  readonly visitor?: string;
  readonly id: string;
  readonly item: string;
  readonly weight: number;
  readonly at: string;
  readonly value?: number;
}

/**
 * Makes interactions of the lines of a training log (`src/feedback/log.ts`). It is given every line twice: first to learn which visitor is
 * which user, as a visitor's lines come before the line that says so; then to be told what the line is worth.
 */
export class TrainingLogReader {
  private readonly ownerOf = new Map<string, string>();
  private readonly seen = new Set<string>();
  private lines = 0;
  private repeated = 0;
  private notFor = 0;

  /** Throws `SyntaxError` where the line is not JSON. */
  learn(line: string): void {
    const { type, visitor, user } = JSON.parse(line) as LogLine;
    if (type === 'merge' && visitor !== undefined) this.ownerOf.set(visitor, user);
  }

  /** The line of a data set that a line of the log comes to, one for every user and id; undefined where there is none. */
  read(line: string): string | undefined {
    this.lines++;
    const { type, visitor, user, id, item, weight, at, value } = JSON.parse(line) as LogLine;
    if (type === 'merge' && visitor !== undefined) return undefined;
    const owner = this.resolve(user);
    const key = JSON.stringify([owner, id]);
    if (this.seen.has(key)) this.repeated++;
    else if (weight <= 0) this.notFor++;
    else {
      this.seen.add(key);
      return JSON.stringify({ user: owner, item, type, at, value });
    }
    return undefined;
  }

  get report(): LogReport {
    return { lines: this.lines, repeated: this.repeated, notFor: this.notFor, visitors: this.ownerOf.size };
  }

  /** A server may make a visitor another visitor, and even the other way round. */
  private resolve(user: string): string {
    const passed = new Set<string>();
    let owner = user;
    for (let next = this.ownerOf.get(owner); next !== undefined && !passed.has(next); next = this.ownerOf.get(owner)) {
      passed.add(owner);
      owner = next;
    }
    return owner;
  }
}
