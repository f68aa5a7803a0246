import type { Reason } from '../domain/recommendation.ts';
import { wordReason } from '../explain/wording.ts';
import type { SourceName } from './settings.ts';
import type { Situation } from './situation.ts';
import type { Proposal } from './sources/sources.ts';

/** What is said of an item where nothing in the history speaks for it, by the source that proposed it. */
const KINDS: readonly { readonly source: SourceName; readonly kind: Reason['kind'] }[] = [
  { source: 'trending', kind: 'trending' },
  { source: 'fresh', kind: 'new' },
  { source: 'critiques', kind: 'meaning' },
];

/** The reason of an item: the query's where one is searched for, its source's where that is the better one, else `reason`, which the history gave. */
export function reasonOfSource(row: number, reason: Reason, situation: Situation, proposals: readonly Proposal[] = []): Reason {
  const { locale } = situation.request;
  const say = (kind: Reason['kind']): Reason => ({ kind, text: wordReason(kind, [], locale), because: [] });
  if (situation.unfinished.has(row)) return say('continue');
  if (situation.matches) return reasonOfMatch(row, situation, reason);
  if (reason.because.length > 0) return reason;
  const known = KINDS.find(({ source }) => proposals.some((proposal) => proposal.source === source && proposal.rows.includes(row)));
  return known ? say(known.kind) : reason;
}

/** What an item is found by; `reason` for one that another source than the query brought. */
function reasonOfMatch(row: number, { matches, intent, request: { locale }, serving }: Situation, reason: Reason): Reason {
  const { items, rowOf } = serving.snapshot;
  if (!matches!.rows.includes(row)) return reason;
  if (matches!.lexical.has(row)) return { kind: 'match', text: wordReason('match', [], locale), because: [] };
  const titles = intent!.like.map((id) => items.titleOf(rowOf.get(id)!));
  if (titles.length === 0) return { kind: 'meaning', text: wordReason('meaning', [], locale), because: [] };
  return { kind: 'similar', text: wordReason('similar', titles, locale), because: intent!.like };
}
