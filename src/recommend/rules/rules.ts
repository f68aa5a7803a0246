import type { ScoredItem } from '../score.ts';
import type { Situation } from '../situation.ts';
import { boosts } from './boosts.ts';
import { caps } from './caps.ts';
import { conditions } from './conditions.ts';
import { critiques } from './critiques.ts';
import { diversity } from './diversity.ts';
import { eligibility } from './eligibility.ts';
import { exclusions } from './exclusions.ts';
import { exploration } from './exploration.ts';
import { filter } from './filter.ts';
import { freshness } from './freshness.ts';
import { order } from './order.ts';
import { refill } from './refill.ts';
import { reranking } from './reranking.ts';
import { resume } from './resume.ts';
import type { Dropped, Rule } from './rule.ts';
import { seen } from './seen.ts';

/** All rules in the order in which they are applied: score orders, the first five permit, the others adjust what is permitted. */
const RULES = {
  eligibility,
  conditions,
  filter,
  seen,
  exclusions,
  resume,
  freshness,
  boosts,
  critiques,
  reranking,
  order,
  caps,
  diversity,
  exploration,
  refill,
} satisfies Record<string, Rule>;

type RuleName = keyof typeof RULES;
const NAMES = Object.keys(RULES) as RuleName[];

/** Told what each rule took out of how many. */
export type OnRule = (rule: RuleName, kept: readonly ScoredItem[], dropped: readonly Dropped[]) => void;

/** What may be shown of the ranked candidates, at most as many as were asked for, in the order of the answer. */
export function applyRules(ranked: readonly ScoredItem[], situation: Situation, onRule?: OnRule): readonly ScoredItem[] {
  let list = ranked;
  const before: Dropped[] = [];
  for (const name of NAMES) {
    const { kept, dropped } = RULES[name](list, situation, before);
    onRule?.(name, kept, dropped);
    before.push(...dropped);
    list = kept;
  }
  return list;
}
