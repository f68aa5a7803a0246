/** Ratios of a bench by name, as `ratiosOf` makes them. */
export type Ratios = Readonly<Record<string, number>>;

export interface Comparison {
  readonly name: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** `gone` and `new` where only one of the two has the ratio. */
  readonly verdict: 'better' | 'same' | 'worse' | 'gone' | 'new';
}

/** Of a throughput more is better; of everything else, less. */
const MORE_IS_BETTER = /^throughput/;

/** Every ratio that either has; `worse` if it has grown by more than the share `tolerated` (.2 is 20 %), `better` if it has shrunk so. */
export function compareRatios(before: Ratios, after: Ratios, tolerated: number): Comparison[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.map((name) => ({
    name,
    before: before[name],
    after: after[name],
    verdict: judge(name, before[name], after[name], tolerated),
  }));
}

function judge(name: string, before: number | undefined, after: number | undefined, tolerated: number): Comparison['verdict'] {
  if (before === undefined) return 'new';
  if (after === undefined) return 'gone';
  const [good, bad] = MORE_IS_BETTER.test(name) ? [after, before] : [before, after];
  if (bad > good * (1 + tolerated)) return 'worse';
  return good > bad * (1 + tolerated) ? 'better' : 'same';
}
