import type { Snapshot } from '../catalog/snapshot.ts';
import type { Intent } from '../domain/intent.ts';
import type { Item } from '../domain/item.ts';
import type { Reason, RecommendedItem } from '../domain/recommendation.ts';
import { HORIZONS } from '../model/features.ts';
import { labelsOf, termsOfText } from '../model/words.ts';
import type { Matches } from './matches.ts';
import { presentItem, presentItems } from './present.ts';
import type { ScoredItem } from './score.ts';
import type { Session } from './session.ts';

/** Words that a reason names at most. */
const NAMED_WORDS = 3;

/** The items of an answer, each with what it was found by. Reasons quote the catalogue's own words, never the request's. */
export function presentMatches(
  scored: readonly ScoredItem[],
  { terms }: Matches,
  { about, like }: Intent,
  { counted }: Session,
  snapshot: Snapshot,
): RecommendedItem[] {
  const { items, rowOf } = snapshot;
  if (about === '' && like.length === 0) return presentItems(scored, counted, HORIZONS.long, snapshot);
  const named = like.map((id) => items[rowOf.get(id)!]!);
  return scored.map(({ row, score }) => presentItem(items[row]!, score, reasonOf(items[row]!, terms.get(row), named)));
}

function reasonOf(item: Item, terms: readonly string[] | undefined, like: readonly Item[]): Reason {
  if (terms) return { kind: 'matches', text: `Matches ${matchingWords(item, terms).join(', ')}`, because: [] };
  if (like.length > 0)
    return { kind: 'similar', text: `Similar to ${like.map(({ title }) => title).join(' and ')}`, because: like.map(({ id }) => id) };
  return { kind: 'meaning', text: 'Close to what you are looking for', because: [] };
}

function matchingWords(item: Item, terms: readonly string[]): string[] {
  const words = [item.title, ...labelsOf(item)].flatMap((text) => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []);
  const matching = words.filter((word) => termsOfText(word).some((term) => terms.includes(term)));
  return [...new Set(matching)].slice(0, NAMED_WORDS);
}
