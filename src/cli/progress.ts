import { SingleBar } from 'cli-progress';

/** Between two lines where there is no terminal to draw a bar on. */
export const LINE_EVERY_MS = 5_000;

export interface Progress {
  /** `done` of `total`, in the unit of the progress. */
  update(done: number, total: number): void;
  stop(): void;
}

interface ProgressOptions {
  /** Shows nothing. */
  readonly silent: boolean;
  readonly stream?: NodeJS.WriteStream;
  readonly nowMs?: () => number;
}

/**
 * Shows on standard error how far `label` has come, how fast and for how long it will go on: as a bar on a terminal, else
 * in a line every few seconds.
 */
export function startProgress(
  label: string,
  unit: string,
  { silent, stream = process.stderr, nowMs = Date.now }: ProgressOptions,
): Progress {
  if (silent) return { update: () => undefined, stop: () => undefined };
  return stream.isTTY ? bar(label, unit, stream, nowMs) : lines(label, unit, stream, nowMs);
}

function bar(label: string, unit: string, stream: NodeJS.WriteStream, nowMs: () => number): Progress {
  const startMs = nowMs();
  const drawn = new SingleBar({
    format: `${label} [{bar}] {percentage}% | {rate} | {left} left`,
    stream,
    clearOnComplete: true,
    // It would only stop the bar at Ctrl-C, and the work would go on unseen.
    gracefulExit: false,
    // To switch wrapping off would outlive a Ctrl-C; so the line is short enough for 80 columns.
    linewrap: true,
    barsize: 20,
  });
  drawn.start(1, 0, { rate: '', left: '?' });
  return {
    update(done, total) {
      drawn.setTotal(total);
      drawn.update(done, { rate: rate(done, unit, nowMs() - startMs), left: left(done, total, nowMs() - startMs) });
    },
    stop: () => drawn.stop(),
  };
}

function lines(label: string, unit: string, stream: NodeJS.WriteStream, nowMs: () => number): Progress {
  const startMs = nowMs();
  let lastMs = startMs;
  return {
    update(done, total) {
      const now = nowMs();
      if (now - lastMs < LINE_EVERY_MS) return;
      lastMs = now;
      const percent = Math.floor((done / total) * 100);
      stream.write(`${label}: ${percent}%, ${rate(done, unit, now - startMs)}, ${left(done, total, now - startMs)} left\n`);
    },
    stop: () => undefined,
  };
}

function rate(done: number, unit: string, elapsedMs: number): string {
  const perSecond = (done / Math.max(elapsedMs, 1)) * 1000;
  return `${perSecond.toLocaleString('en-US', { maximumSignificantDigits: 3 })} ${unit}/s`;
}

function left(done: number, total: number, elapsedMs: number): string {
  if (done === 0) return '?';
  const seconds = Math.ceil(((elapsedMs / done) * (total - done)) / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m${seconds % 60}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}

/** One progress after another on standard error: a new one begins with every new method. */
export function progressByMethod(options: ProgressOptions): {
  update: (method: string, done: number, total: number) => void;
  stop: () => void;
} {
  let method = '';
  let progress: Progress | undefined;
  return {
    update: (name, done, total) => {
      if (name !== method) {
        progress?.stop();
        progress = startProgress(name, 'cases', options);
        method = name;
      }
      progress?.update(done, total);
    },
    stop: () => progress?.stop(),
  };
}
