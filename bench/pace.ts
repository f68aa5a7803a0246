import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** What a sender takes its time from. */
export interface Pacemaker {
  readonly nowMs: () => number;
  /** Resolves as soon as `nowMs` is not below this. */
  readonly until: (ms: number) => Promise<void>;
}

/** A timer of Node may be so late; what is nearer is waited for turn by turn of the event loop. */
const TIMER_LATE_MS = 1;

const CLOCK: Pacemaker = {
  nowMs: () => performance.now(),
  async until(ms) {
    for (let left = ms - performance.now(); left > 0; left = ms - performance.now())
      await (left > TIMER_LATE_MS ? sleep(left - TIMER_LATE_MS) : setImmediate());
  },
};

/**
 * Calls `send` for 0, 1, … `count - 1`, `perSecond` times a second, whether what went before was answered or not. Gives the
 * milliseconds [count] from the moment a request was due to its answer: a stall shows in all that would have come while it lasted, as
 * Tene asks of a generator ("How NOT to Measure Latency", 2015), and so does a sender that is late itself. Rejects as the first of them does.
 */
export async function sendAtRate(
  perSecond: number,
  count: number,
  send: (nth: number) => Promise<unknown>,
  { nowMs, until }: Pacemaker = CLOCK,
): Promise<number[]> {
  const startMs = nowMs();
  const latencies: Promise<number>[] = [];
  for (let nth = 0; nth < count; nth++) {
    const dueMs = startMs + (1000 * nth) / perSecond;
    await until(dueMs);
    const latency = send(nth).then(() => nowMs() - dueMs);
    latency.catch(() => undefined); // told when all have been sent
    latencies.push(latency);
  }
  return Promise.all(latencies);
}
