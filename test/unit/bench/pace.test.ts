import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sendAtRate, type Pacemaker } from '../../../bench/pace.ts';

/** A clock that moves only while it is waited for. */
function standingClock(): Pacemaker & { readonly turn: (ms: number) => void } {
  let nowMs = 500;
  const turn = (ms: number) => void (nowMs = Math.max(nowMs, ms));
  const until = async (ms: number) => {
    await setImmediate();
    turn(ms);
  };
  return { nowMs: () => nowMs, until, turn };
}

test('requests are due at even steps, whatever the answers take', async () => {
  const clock = standingClock();
  const sentMs: number[] = [];
  await sendAtRate(100, 4, async () => void sentMs.push(clock.nowMs()), clock);
  expect(sentMs).toEqual([500, 510, 520, 530]);
});

test('a stall counts for every request that was due while it lasted', async () => {
  const clock = standingClock();
  const latencies = await sendAtRate(100, 4, async (nth) => void (nth === 1 && clock.turn(535)), clock);
  expect(latencies.map(Math.round)).toEqual([0, 25, 15, 5]);
});

test('rejects when a request does, after the others have been sent', async () => {
  const clock = standingClock();
  let sent = 0;
  const failing = sendAtRate(10, 3, async (nth) => (sent++, nth === 0 ? Promise.reject(new Error('refused')) : undefined), clock);
  await expect(failing).rejects.toThrow('refused');
  expect(sent).toBe(3);
});
