/** Measures the stages of a request with the clock it is given. */
export class Stopwatch {
  readonly laps: { readonly stage: string; readonly ms: number }[] = [];
  private readonly nowMs: () => number;
  private readonly startedMs: number;
  private lastMs: number;

  /** `nowMs` reads a clock in milliseconds with fractions, such as `performance.now`. */
  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
    this.startedMs = this.lastMs = nowMs();
  }

  /** Ends a stage: everything since the last one. */
  lap(stage: string): void {
    const nowMs = this.nowMs();
    this.laps.push({ stage, ms: nowMs - this.lastMs });
    this.lastMs = nowMs;
  }

  /** A `Server-Timing` header (W3C): each stage and the total. */
  header(): string {
    const entries = [...this.laps, { stage: 'total', ms: this.nowMs() - this.startedMs }];
    return entries.map(({ stage, ms }) => `${stage};dur=${ms.toFixed(3)}`).join(', ');
  }
}
