import { describe, expect, it } from 'vitest';
import { EMPTY } from '../../../bench/routes.ts';
import { ratiosOfSizes } from '../../../bench/size-report.ts';
import { ORAMA, PLAIN, RECOMMENDATIONS, SCAN } from '../../../bench/size.ts';
import { isMet, targetsOf } from '../../../bench/targets.ts';
import { sizeFigures } from './figures.ts';

const compared = sizeFigures(12_000, { [EMPTY]: 0.25, [RECOMMENDATIONS]: 1, [PLAIN]: 2, [SCAN]: 0.5, [ORAMA]: 4 });
const large = sizeFigures(200_000, { [EMPTY]: 0.25, [RECOMMENDATIONS]: 2, [PLAIN]: 24, [SCAN]: 1 });

describe('ratiosOfSizes', () => {
  it('holds times against the empty route, and rates the right way round', () => {
    expect(ratiosOfSizes([compared, large])).toEqual({
      'warm.p50.items12000': 4,
      'throughput.items12000': 0.25,
      'throughput.overPlain.items12000': 2,
      'throughput.scan.overPlain.items12000': 4,
      'memory.items12000': 95,
      'memory.least.items12000': 90,
      'memory.swap.items12000': 150,
      'memory.process.items12000': 50,
      'warm.p50.items200000': 8,
      'throughput.items200000': 0.125,
      'throughput.overPlain.items200000': 12,
      'throughput.scan.overPlain.items200000': 24,
      'memory.items200000': 95,
      'memory.least.items200000': 90,
      'memory.swap.items200000': 150,
      'memory.process.items200000': 50,
      'throughput.overOrama': 4,
      'throughput.overPlainJs': 2,
      'throughput.scan.overOrama': 8,
      'throughput.scan.overPlainJs': 4,
    });
  });

  it('has no memory where none can be read, and no rivals where the compared size was not measured', () => {
    const names = Object.keys(ratiosOfSizes([{ ...large, idleMb: null }]));
    expect(names.filter((name) => /memory.process|over(Orama|PlainJs)$/.test(name))).toEqual([]);
  });
});

describe('targetsOf', () => {
  const scan = [{ items: 200_000, min: 0.5, median: 0.6, recall: 0.98, memoryBytes: 1 }];
  const targets = targetsOf({ sizes: [compared, large], scan }, ratiosOfSizes([compared, large]));
  const named = (part: string) => targets.find(({ name }) => name.includes(part))!;

  it('is met at its bound, and missed on the other side of it', () => {
    expect(isMet(named('scan of 200,000'))).toBe(true);
    expect(isMet({ ...named('scan of 200,000'), measured: 0.61 })).toBe(false);
    expect(isMet({ ...named("Orama's"), measured: 10 })).toBe(true);
    expect(isMet({ ...named("Orama's"), measured: 9.9 })).toBe(false);
  });

  it('leaves out what was not measured', () => {
    expect(named('1,000,000')).toBeUndefined();
    expect(named('cold')).toBeUndefined();
    expect(targets).toHaveLength(9);
  });
});
