import type { SentItem } from '../items/sent-item.ts';

/** Something a feed has as an item, or why that cannot be read, with the line at which it begins, from 1. */
export type Entry = SentItem<{ readonly line: number }>;

/** One that is not kept. */
export function tooLong(line: number, charsMax: number): Entry {
  return { fault: `it has more than ${charsMax} characters`, place: { line } };
}
