import { FeedFault } from './fault.ts';

/** Milliseconds. */
export interface Deadlines {
  /** From one sign of life to the next, */
  readonly stallMs: number;
  /** and for the whole pull. */
  readonly pullMs: number;
}

/** Ends a pull that takes too long: its `signal` aborts with a `FeedFault`. To be stopped when the pull is over. */
export class Watch {
  private readonly controller = new AbortController();
  private readonly whole: ReturnType<typeof setTimeout>;
  private stall: ReturnType<typeof setTimeout>;
  private readonly stallMs: number;

  constructor({ stallMs, pullMs }: Deadlines) {
    this.stallMs = stallMs;
    this.whole = this.after(pullMs, 'it was not read');
    this.stall = this.after(stallMs, 'nothing came');
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** What `asked` gives, unless it takes too long. */
  async next<T>(asked: Promise<T>): Promise<T> {
    clearTimeout(this.stall);
    this.stall = this.after(this.stallMs, 'nothing came');
    const late = Promise.withResolvers<never>();
    const onAbort = () => late.reject(this.signal.reason);
    this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([asked, late.promise]);
    } finally {
      this.signal.removeEventListener('abort', onAbort);
      clearTimeout(this.stall); // what is done with it is no silence of the feed
    }
  }

  stop(): void {
    clearTimeout(this.whole);
    clearTimeout(this.stall);
  }

  private after(ms: number, what: string): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.controller.abort(new FeedFault(`${what} within ${ms / 1000} s`)), ms);
  }
}
