import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FEATURE_COUNT, FEATURES } from '../../../src/model/features.ts';
import type { ScoringWeights } from '../../../src/model/manifest.ts';
import { rankCandidates, weigh } from '../../../src/recommend/score.ts';

const WEIGHTS = Object.fromEntries(FEATURES.map(({ name }, at) => [name, at - 1.5])) as ScoringWeights;
/** Few distinct features, so that most scores are ties. */
const CANDIDATES = fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: FEATURE_COUNT, maxLength: FEATURE_COUNT }), {
  maxLength: 60,
});

test('a ranking is what a stable sort of all candidates begins with: of equal scores the one proposed first comes first', () => {
  fc.assert(
    fc.property(CANDIDATES, fc.nat(70), fc.nat(), (features, wanted, first) => {
      const rows = Int32Array.from(features, (_, at) => (first + at * 7) % 1_000);
      const scores = weigh(Float32Array.from(features.flat()), WEIGHTS);
      const byTheBook = features.map((values) => values.reduce((sum, value, f) => sum + value * (f - 1.5), 0));
      expect([...scores]).toEqual(byTheBook.map(Math.fround));
      const sorted = Array.from(rows, (row, at) => ({ row, score: scores[at]! })).sort((a, b) => b.score - a.score);
      expect(rankCandidates(rows, scores, wanted)).toEqual(sorted.slice(0, wanted));
    }),
  );
});
