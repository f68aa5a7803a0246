import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/kernel/random.ts';
import { invert } from '../../../src/training/inverse.ts';
import { fitLinear, fitNeighbours } from '../../../src/training/linear.ts';
import type { Sequences } from '../../../src/training/neighbours.ts';

/** A·Aᵀ + I of a random A: symmetric, positive definite. */
function positiveDefinite(n: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const a = Float32Array.from({ length: n * n }, () => random() - 0.5);
  return Float32Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = i === j ? 1 : 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k]! * a[j * n + k]!;
    return sum;
  });
}

test.each([1, 2, 127, 128, 129, 300])('a matrix of %i rows times its inverse is the identity', async (n) => {
  const a = positiveDefinite(n, n);
  const inverse = await invert(a, n);
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * inverse[k * n + j]!;
      worst = Math.max(worst, Math.abs(sum - Number(i === j)));
    }
  }
  expect(worst).toBeLessThan(1e-3);
});

function sequencesOf(itemCount: number, lists: readonly (readonly number[])[]): Sequences {
  const ends = lists.map((_, user) => lists.slice(0, user + 1).reduce((sum, { length }) => sum + length, 0));
  return {
    itemCount,
    item: Int32Array.from(lists.flat()),
    start: Int32Array.from(ends, (end, user) => end - lists[user]!.length),
    end: Int32Array.from(ends),
  };
}

test('no item speaks for itself, and each weight minimises the error of its column', async () => {
  const lists = [
    [0, 1, 2],
    [0, 1],
    [1, 2, 3],
    [3, 4],
    [0, 4, 1],
    [2, 3],
  ];
  const n = 5;
  const weights = await fitLinear(sequencesOf(n, lists), 1);
  const damping = lists.map((list) => 1 / Math.log2(1 + list.length));
  const meanDiagonal = lists.reduce((sum, list, user) => sum + list.length * damping[user]!, 0) / n;
  // d/dB[from, to] of Σ_u w_u (x_u[to] − x_u·B[:, to])² + λ‖B‖² is the same for all free entries of a column: zero.
  for (let to = 0; to < n; to++) {
    expect(weights[to * n + to]).toBe(0);
    for (let from = 0; from < n; from++) {
      if (from === to) continue;
      let slope = meanDiagonal * weights[from * n + to]!;
      lists.forEach((list, user) => {
        const predicted = list.reduce((sum, item) => sum + weights[item * n + to]!, 0);
        if (list.includes(from)) slope += damping[user]! * (predicted - Number(list.includes(to)));
      });
      expect(slope).toBeCloseTo(0, 4);
    }
  }
});

test('explains away: items that both follow from a third are tied less to each other than to it', async () => {
  const lists = Array.from({ length: 60 }, (_, user) => (user % 3 === 0 ? [0, 1] : user % 3 === 1 ? [0, 2] : [0, 1, 2])).concat([[3], [4]]);
  const weights = await fitLinear(sequencesOf(5, lists), 0.01);
  expect(weights[1]).toBeGreaterThan(weights[2 * 5 + 1]!);
});

test('keeps the heaviest positive weights of each item', async () => {
  const lists = Array.from({ length: 40 }, (_, user) => [user % 7, (user * 3 + 1) % 7, (user * 5 + 2) % 7]);
  const sequences = sequencesOf(7, lists);
  const dense = await fitLinear(sequences, 5);
  const kept = await fitNeighbours(sequences, 2);
  for (let from = 0; from < 7; from++) {
    const row = Array.from(dense.subarray(from * 7, from * 7 + 7));
    const expected = row
      .map((weight, to) => ({ weight, to }))
      .filter(({ weight }) => weight > 0)
      .sort((a, b) => b.weight - a.weight)
      .slice(0, 2);
    expect(Array.from(kept.item.subarray(kept.start[from], kept.start[from + 1])).map((to) => row[to])).toEqual(
      expected.map(({ weight }) => weight),
    );
  }
});
