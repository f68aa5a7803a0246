import type { Artefacts } from '../src/catalog/snapshot.ts';
import { seededRandom } from '../src/kernel/random.ts';

/** Different histories that a bench goes through: too many for an answer to be remembered until its history comes again. */
const HISTORIES = 1_000;

/**
 * Histories of `length` ids of the catalogue that hang together as those of people do: most steps go to an item that people
 * went on to, some to any item.
 */
export function makeHistories({ items, rules }: Artefacts, length: number): string[][] {
  const random = seededRandom(length);
  const anywhere = () => Math.floor(random() * items.length);
  const after = (row: number) => {
    const from = rules.start[row]!;
    const count = rules.start[row + 1]! - from;
    return count === 0 || random() < 0.2 ? anywhere() : rules.item[from + Math.floor(random() * count)]!;
  };
  return Array.from({ length: HISTORIES }, () => {
    const rows = [anywhere()];
    while (rows.length < length) rows.push(after(rows.at(-1)!));
    return rows.map((row) => items[row]!.id);
  });
}
