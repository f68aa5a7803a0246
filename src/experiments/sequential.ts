/**
 * A test that may be looked at as often as one likes: the mixture sequential probability ratio test (Robbins, 1970; Johari et
 * al., 2017, "Peeking at A/B Tests"). Its p-value is below α with a chance of at most α at *any* time of looking, and its
 * interval holds the truth at all times together.
 */

/** How large a difference of shares the mixture expects. Another number is as valid and only changes how soon it is sure. */
const EXPECTED_DIFFERENCE = 0.02;
const ALPHA = 0.05;

export interface SequentialTest {
  readonly difference: number;
  /** 95 %, at all times of looking together */
  readonly interval: readonly [low: number, high: number];
  /** The smallest α at which one could stop now. */
  readonly p: number;
}

/** Compares means by their `difference` and its `variance`; both means are of many independent users, so that it is nearly normal. */
export function testSequentially(difference: number, variance: number): SequentialTest {
  if (!(variance > 0)) return { difference, interval: [-1, 1], p: 1 };
  const mixing = EXPECTED_DIFFERENCE ** 2;
  const both = variance + mixing;
  const logRatio = Math.log(variance / both) / 2 + (mixing * difference ** 2) / (2 * variance * both);
  const radius = Math.sqrt(((variance * both) / mixing) * (2 * Math.log(1 / ALPHA) + Math.log(both / variance)));
  return {
    difference,
    interval: [Math.max(-1, difference - radius), Math.min(1, difference + radius)],
    p: Math.min(1, Math.exp(-logRatio)),
  };
}
