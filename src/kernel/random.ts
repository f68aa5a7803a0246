/** A source of numbers in [0, 1). */
export type Random = () => number;

/** Numbers in [0, 1) that depend on nothing but `seed` (mulberry32: 32 bits of state, for sampling and tests, not for secrets). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A normally distributed number with mean 0 and deviation 1 (Box & Muller, 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Shuffles `values[from..to)` in place (Fisher–Yates). */
export function shuffle<T>(values: { [at: number]: T; readonly length: number }, random: Random, from = 0, to = values.length): void {
  for (let at = to - 1; at > from; at--) {
    const other = from + Math.floor(random() * (at - from + 1));
    const moved = values[at]!;
    values[at] = values[other]!;
    values[other] = moved;
  }
}
