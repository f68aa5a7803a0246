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

/** A number in [0, 1] of the beta distribution with these shapes, both at least 1. */
export function beta(successes: number, failures: number, random: Random): number {
  const [a, b] = [gamma(successes, random), gamma(failures, random)];
  return a / (a + b);
}

/** A number above 0 of the gamma distribution with `shape` of at least 1 and scale 1 (Marsaglia & Tsang, 2000). */
function gamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < (x * x) / 2 + d * (1 - v + Math.log(v))) return d * v;
  }
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
