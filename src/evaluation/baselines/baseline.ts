import type { Known } from '../known.ts';
import type { Scorer } from '../rank.ts';

/** Numbers by their names: what is printed of a method's settings. */
export type Setting = Readonly<Record<string, number>>;

/** A method that any model should be compared with. What it is fitted with and what only reading depends on are tried apart. */
export interface Baseline<Fit extends Setting = Setting, Read extends Setting = Setting> {
  readonly name: string;
  /** Settings to try, each fitted once; at least one. */
  readonly fits: readonly Fit[];
  /** Settings to try on what has been fitted; at least one. */
  readonly reads: readonly Read[];
  /** Why it cannot be fitted to this data, if it cannot. */
  unfit?(known: Known): string | undefined;
  fit(known: Known, setting: Fit): Fitted<Read> | Promise<Fitted<Read>>;
}

export interface Fitted<Read extends Setting = Setting> {
  /** Memory it takes. */
  readonly bytes: number;
  scorer(setting: Read): Scorer;
}

/** Where there is nothing to choose. */
export const NOTHING: readonly Setting[] = [{}];

export function describeSetting(setting: Setting): string {
  const pairs = Object.entries(setting).map(([name, value]) => `${name} ${value}`);
  return pairs.length === 0 ? '-' : pairs.join(', ');
}
