import { describe, expect, it } from 'vitest';
import { compareRatios } from '../../../bench/compare.ts';

const verdictOf = (name: string, before: number, after: number, tolerated = 0.2) =>
  compareRatios({ [name]: before }, { [name]: after }, tolerated)[0]!.verdict;

describe('compareRatios', () => {
  it('calls a ratio worse only beyond what is tolerated', () => {
    expect(verdictOf('warm.p50', 2, 2.4)).toBe('same');
    expect(verdictOf('warm.p50', 2, 2.41)).toBe('worse');
    expect(verdictOf('warm.p50', 2, 2.01, 0)).toBe('worse');
  });

  it('calls a ratio better beyond the same share', () => {
    expect(verdictOf('cold.first_ms', 60, 50)).toBe('same');
    expect(verdictOf('cold.first_ms', 60, 49)).toBe('better');
  });

  it('wants a throughput to grow', () => {
    expect(verdictOf('throughput', 0.3, 0.1)).toBe('worse');
    expect(verdictOf('throughput', 0.1, 0.3)).toBe('better');
  });

  it('fails on growth of what is counted, however little is tolerated', () => {
    expect(verdictOf('scan.items12000', 100_000, 100_099, 0.001)).toBe('same');
    expect(verdictOf('scan.items12000', 100_000, 100_101, 0.001)).toBe('worse');
  });

  it('names ratios that only one of the two has', () => {
    expect(compareRatios({ gone: 1 }, { added: 2 }, 0.2)).toEqual([
      { name: 'gone', before: 1, after: undefined, verdict: 'gone' },
      { name: 'added', before: undefined, after: 2, verdict: 'new' },
    ]);
  });
});
