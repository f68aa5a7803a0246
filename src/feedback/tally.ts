import type { StreamedInteraction } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import { originOf } from '../domain/recommendation-id.ts';
import { trendOf } from './decay.ts';

/** Rows of increments, in the columns of their tables (`migrations/`). */
export interface Increments {
  readonly trends: readonly (readonly [country: string, category: string, item: string, popularity: number, trend: number])[];
  readonly placements: readonly (readonly [
    scenario: string,
    experiment: string,
    variant: string,
    position: number,
    impressions: number,
    clicks: number,
  ])[];
  readonly variantUsers: readonly (readonly [
    experiment: string,
    variant: string,
    user: string,
    impressions: number,
    clicks: number,
    purchases: number,
  ])[];
  readonly exposures: readonly (readonly [item: string, impressions: number, clicks: number])[];
  readonly coVisits: readonly (readonly [later: string, earlier: string, visits: number])[];
}

/** Stands for every country, every category, and for no scenario and no experiment. */
export const ALL = '';

/** Types of interaction that are counted for the answer in which the user saw the item. */
const ATTRIBUTED: ReadonlySet<string> = new Set(['impression', 'click', 'purchase']);

/** Adds up what interactions change in the counters. `categoriesOf` an item that the catalogue does not have is nothing. */
export function tallyUp(interactions: readonly StreamedInteraction[], categoriesOf: (item: string) => readonly string[]): Increments {
  const trends = new Sums();
  const placements = new Sums();
  const variantUsers = new Sums();
  const exposures = new Sums();
  const coVisits = new Sums();
  for (const { user, item, type, weight, atMs, country, after, recommendationId, position } of interactions) {
    if (weight > 0)
      for (const place of new Set([ALL, country ?? ALL]))
        for (const category of new Set([ALL, ...categoriesOf(item).slice(0, LIMITS.countedCategories)]))
          trends.add([place, category, item], [weight, trendOf(weight, atMs)]);
    if (recommendationId !== undefined && ATTRIBUTED.has(type)) {
      const { scenario = ALL, experiment = ALL, variant = ALL } = originOf(recommendationId) ?? {};
      const [shown, clicked, bought] = ['impression', 'click', 'purchase'].map((name) => Number(type === name)) as [number, number, number];
      if (experiment !== ALL) variantUsers.add([experiment, variant, user], [shown, clicked, bought]);
      if (!bought) exposures.add([item], [shown, clicked]);
      if (!bought && position !== undefined) placements.add([scenario, experiment, variant, position], [shown, clicked]);
    }
    for (const earlier of after) coVisits.add([item, earlier], [1]);
  }
  return {
    trends: trends.rows() as Increments['trends'][number][],
    placements: placements.rows() as Increments['placements'][number][],
    variantUsers: variantUsers.rows() as Increments['variantUsers'][number][],
    exposures: exposures.rows() as Increments['exposures'][number][],
    coVisits: coVisits.rows() as Increments['coVisits'][number][],
  };
}

/** Sums of numbers by keys. */
class Sums {
  private readonly sums = new Map<string, { keys: readonly (string | number)[]; sums: number[] }>();

  add(keys: readonly (string | number)[], values: readonly number[]): void {
    const name = JSON.stringify(keys);
    const entry = this.sums.get(name);
    if (entry) values.forEach((value, at) => (entry.sums[at]! += value));
    else this.sums.set(name, { keys, sums: [...values] });
  }

  rows(): (readonly (string | number)[])[] {
    return [...this.sums.values()].map(({ keys, sums }) => [...keys, ...sums]);
  }
}
