import type { Snapshot } from '../catalog/snapshot.ts';
import type { Item } from '../domain/item.ts';
import type { Reason, RecommendedItem } from '../domain/recommendation.ts';
import { labelsOf } from '../intent/vocabulary.ts';
import { termsOfText } from '../intent/words.ts';
import type { Matches } from './matches.ts';
import { presentItem } from './present.ts';
import type { ScoredItem } from './score.ts';

/** Words that a reason names at most. */
const NAMED_WORDS = 3;

/** The items of an answer, each with what it was found by. Reasons quote the item's own words, never the request's. */
export function presentMatches(scored: readonly ScoredItem[], matches: Matches, { items }: Snapshot): RecommendedItem[] {
  return scored.map(({ row, score }) => presentItem(items[row]!, score, reasonOf(items[row]!, matches.terms.get(row) ?? [])));
}

function reasonOf(item: Item, terms: readonly string[]): Reason {
  const words = [item.title, ...labelsOf(item)].flatMap((text) => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []);
  const matching = words.filter((word) => termsOfText(word).some((term) => terms.includes(term)));
  const named = [...new Set(matching)].slice(0, NAMED_WORDS);
  return { kind: 'matches', text: `Matches ${named.join(', ')}`, because: [] };
}
