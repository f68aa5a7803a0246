import type { Intent } from '../domain/intent.ts';
import type { TextHit } from '../intent/text-index.ts';
import type { Serving } from './serving.ts';

/** Items that words find at most. */
const LEXICAL_CANDIDATES = 200;

/** The items that a search finds, and what each way of finding says of them. */
export interface Matches {
  /** [M] rows, those with the words first */
  readonly rows: Int32Array;
  /** [M] BM25 as a share of the best item's; 0 for an item without the words */
  readonly lexical: Float32Array;
  /** The terms that each row has, by row. */
  readonly terms: ReadonlyMap<number, readonly string[]>;
}

/** Finds the items that an intent is about, among those permitted. */
export function findMatches(intent: Intent, permitted: Uint8Array | undefined, { lexicon }: Serving): Matches {
  const hits: TextHit[] = [];
  for (const hit of lexicon.index.search(intent.about)) {
    if (permitted?.[hit.row] !== 0) hits.push(hit);
    if (hits.length === LEXICAL_CANDIDATES) break;
  }
  const best = hits[0]?.score ?? 1;
  return {
    rows: Int32Array.from(hits, ({ row }) => row),
    lexical: Float32Array.from(hits, ({ score }) => score / best),
    terms: new Map(hits.map(({ row, terms }) => [row, terms])),
  };
}
