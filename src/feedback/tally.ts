import type { StreamedInteraction } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import { trendOf } from './decay.ts';

/** Rows of increments, in the columns of their tables (`migrations/`). */
export interface Increments {
  readonly trends: readonly (readonly [country: string, category: string, item: string, popularity: number, trend: number])[];
  readonly clicks: readonly (readonly [position: number, impressions: number, clicks: number])[];
  readonly exposures: readonly (readonly [item: string, impressions: number, clicks: number])[];
  readonly coVisits: readonly (readonly [earlier: string, later: string, visits: number])[];
}

/** Stands for every country and every category. */
export const ALL = '';

/** Adds up what interactions change in the counters. `categoriesOf` an item that the catalogue does not have is nothing. */
export function tallyUp(interactions: readonly StreamedInteraction[], categoriesOf: (item: string) => readonly string[]): Increments {
  const trends = new Sums();
  const clicks = new Sums();
  const exposures = new Sums();
  const coVisits = new Sums();
  for (const { item, type, weight, atMs, country, after, recommendationId, position } of interactions) {
    if (weight > 0)
      for (const place of new Set([ALL, country ?? ALL]))
        for (const category of new Set([ALL, ...categoriesOf(item).slice(0, LIMITS.countedCategories)]))
          trends.add([place, category, item], [weight, trendOf(weight, atMs)]);
    if (recommendationId !== undefined && (type === 'impression' || type === 'click')) {
      const counted = [Number(type === 'impression'), Number(type === 'click')];
      exposures.add([item], counted);
      if (position !== undefined) clicks.add([position], counted);
    }
    for (const earlier of after) coVisits.add([earlier, item], [1]);
  }
  return {
    trends: trends.rows() as Increments['trends'][number][],
    clicks: clicks.rows() as Increments['clicks'][number][],
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
