import type { Items } from '../catalog/columns/items.ts';
import { Eligibility } from './eligibility.ts';
import { compileFilter } from './filter/compile.ts';
import type { Filter } from './filter/filter.ts';
import { formatFilter } from './filter/format.ts';

const FILTERS_REMEMBERED = 16;

/** Which items of a catalogue a request may be answered with. */
export class Permits {
  readonly eligibility: Eligibility;
  private readonly items: Items;
  private readonly remembered = new Map<string, Uint8Array>();

  constructor(items: Items) {
    this.items = items;
    this.eligibility = new Eligibility(items);
  }

  /** Whether nobody may be told of the item of this row: it is hidden, or nobody can read whether it is. One that is sold out is no secret. */
  withholds(row: number): boolean {
    const never = this.eligibility.never(row);
    return never === 'hidden' || never === 'unreadable';
  }

  /** Those of some rows that anybody may be told of. */
  tellable(rows: readonly number[]): readonly number[] {
    return rows.filter((row) => !this.withholds(row));
  }

  /**
   * [items] 1 where the item may be shown and matches the filter, 0 where not; undefined if all of the catalogue may be. The
   * last few filters are remembered.
   */
  rowsFor(filter: Filter | undefined, nowMs: number, market?: string): Uint8Array | undefined {
    const eligible = this.eligibility.at(nowMs, market);
    if (!filter) return eligible?.rows;
    const key = JSON.stringify([formatFilter(filter), eligible && [market, eligible.fromMs, eligible.untilMs]]);
    const known = this.remembered.get(key);
    if (known) return known;
    const matches = compileFilter(filter, this.items);
    const permitted = new Uint8Array(this.items.length);
    for (let row = 0; row < permitted.length; row++) permitted[row] = Number(eligible?.rows[row] !== 0 && matches(row));
    if (this.remembered.size >= FILTERS_REMEMBERED) this.remembered.delete(this.remembered.keys().next().value!);
    this.remembered.set(key, permitted);
    return permitted;
  }
}
