import type { Reason } from '../domain/recommendation.ts';
import type { SourceName } from './settings.ts';
import type { Situation } from './situation.ts';
import type { Proposal } from './sources/sources.ts';

/** What is said of an item where nothing in the history speaks for it, by the source that proposed it. */
const TEXTS: readonly { readonly source: SourceName; readonly kind: Reason['kind']; readonly text: string }[] = [
  { source: 'query', kind: 'match', text: 'Matches your words' },
  { source: 'trending', kind: 'trending', text: 'Trending now' },
  { source: 'fresh', kind: 'new', text: 'New' },
];

/** The reason of an item: its source's where that is the better one, else `reason`, which the history gave. */
export function reasonOfSource(row: number, reason: Reason, situation: Situation, proposals: readonly Proposal[] = []): Reason {
  if (situation.unfinished.has(row)) return { kind: 'continue', text: 'Go on where you stopped', because: [] };
  if (reason.kind !== 'popular') return reason;
  const known = TEXTS.find(({ source }) => proposals.some((proposal) => proposal.source === source && proposal.rows.includes(row)));
  return known ? { kind: known.kind, text: known.text, because: [] } : reason;
}
