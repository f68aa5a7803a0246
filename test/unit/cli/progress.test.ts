import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { describe, expect, test } from 'vitest';

import { LINE_EVERY_MS, startProgress } from '../../../src/cli/progress.ts';

/** A stand-in for standard error that remembers what was written. */
function recorder(isTTY: boolean): { stream: WriteStream; text: () => string } {
  const written: string[] = [];
  const plain = new PassThrough();
  plain.on('data', (chunk) => written.push(String(chunk)));
  const stream = Object.assign(Object.create(WriteStream.prototype), { isTTY, columns: 120, write: (text: string) => plain.write(text) });
  return { stream, text: () => written.join('') };
}

describe('progress', () => {
  test('without a terminal is a line now and then', () => {
    const { stream, text } = recorder(false);
    let now = 0;
    const progress = startProgress('reading', 'MB', { silent: false, stream, nowMs: () => now });
    const steps = [
      [1, 2],
      [LINE_EVERY_MS - 1, 3],
      [LINE_EVERY_MS, 20],
      [LINE_EVERY_MS + 1, 21],
      [2 * LINE_EVERY_MS, 50],
    ] as const;
    for (const [atMs, done] of steps) {
      now = atMs;
      progress.update(done, 1000);
    }
    progress.stop();
    expect(text()).toBe('reading: 2%, 4 MB/s, 4m5s left\nreading: 5%, 5 MB/s, 3m10s left\n');
  });

  test('on a terminal is a bar that goes away', () => {
    const { stream, text } = recorder(true);
    let now = 0;
    const progress = startProgress('reading', 'MB', { silent: false, stream, nowMs: () => now });
    now = 2000;
    progress.update(50, 100);
    progress.stop();
    expect(text()).toContain('reading [==========----------] 50% | 25 MB/s | 2s left');
    expect(text()).not.toContain('\u001b[?25l');
    expect(text()).not.toContain('\u001b[?7l');
  });

  test('may be silent', () => {
    const { stream, text } = recorder(true);
    const progress = startProgress('reading', 'MB', { silent: true, stream });
    progress.update(1, 2);
    progress.stop();
    expect(text()).toBe('');
  });

  test('tells hours, and nothing before it knows', () => {
    const { stream, text } = recorder(false);
    let now = 0;
    const progress = startProgress('training', 'steps', { silent: false, stream, nowMs: () => now });
    now = LINE_EVERY_MS;
    progress.update(0, 10_000);
    now = 2 * LINE_EVERY_MS;
    progress.update(10, 10_000);
    expect(text()).toBe('training: 0%, 0 steps/s, ? left\ntraining: 0%, 1 steps/s, 2h46m left\n');
  });
});
