import { EndpointFault } from './fault.ts';

/** Milliseconds. */
export interface Deadlines {
  /** To the first piece of the answer, */
  readonly firstTextMs: number;
  /** from one piece to the next, */
  readonly stallMs: number;
  /** and for the whole call. */
  readonly callMs: number;
}

/** Ends a call that takes too long: its `signal` aborts with an `EndpointFault`. To be stopped when the call is over. */
export class Watch {
  private readonly controller = new AbortController();
  private readonly whole: ReturnType<typeof setTimeout>;
  private step: ReturnType<typeof setTimeout>;
  private readonly deadlines: Deadlines;

  constructor(deadlines: Deadlines) {
    this.deadlines = deadlines;
    this.whole = this.after(deadlines.callMs, 'the call is not over');
    this.step = this.after(deadlines.firstTextMs, 'nothing has come');
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** A piece has come: the next one has time anew. */
  heard(): void {
    clearTimeout(this.step);
    this.step = this.after(this.deadlines.stallMs, 'nothing more has come');
  }

  stop(): void {
    clearTimeout(this.whole);
    clearTimeout(this.step);
    if (!this.signal.aborted) this.controller.abort(new EndpointFault('interrupted', 'the call is over'));
  }

  private after(ms: number, what: string): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.controller.abort(new EndpointFault('late', `${what} after ${ms} ms`)), ms);
  }
}
