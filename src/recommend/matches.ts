import type { Intent } from '../domain/intent.ts';
import type { TextHit } from '../intent/text-index.ts';
import { rowProduct } from '../kernel/quantize.ts';
import type { Serving } from './serving.ts';

/** Items that each way of finding proposes at most. */
const CANDIDATES = 200;

/** What each way of finding counts when an item is ranked; one that counts nothing proposes nothing. */
export interface SearchWeights {
  readonly lexical: number;
  readonly semantic: number;
  readonly behaviour: number;
}

/** The items that a search finds, and what each way of finding says of them. */
export interface Matches {
  /** [M] rows, those with the words first */
  readonly rows: Int32Array;
  /** [M] BM25 as a share of the best item's; 0 for an item without the words */
  readonly lexical: Float32Array;
  /** [M] cosine of the vectors of the words and of the item; 0 where no word has one */
  readonly semantic: Float32Array;
  /** The terms that each row has, by row. */
  readonly terms: ReadonlyMap<number, readonly string[]>;
}

/** Finds the permitted items that an intent is about: those with its words, and those that are near its words and the items it names. */
export function findMatches(intent: Intent, permitted: Uint8Array | undefined, weights: SearchWeights, serving: Serving): Matches {
  const hits = weights.lexical > 0 ? hitsOf(intent, permitted, serving) : [];
  const direction = weights.semantic > 0 ? directionOf(intent, serving) : undefined;
  const near = direction ? serving.scanner.nearest(direction, CANDIDATES, permitted) : [];
  const rows = Int32Array.from(new Set([...hits.map(({ row }) => row), ...near]));
  const lexical = new Float32Array(rows.length);
  hits.forEach(({ score }, at) => (lexical[at] = score / hits[0]!.score));
  const semantic = direction ? cosines(direction, rows, serving) : new Float32Array(rows.length);
  return { rows, lexical, semantic, terms: new Map(hits.map(({ row, terms }) => [row, terms])) };
}

/** Items that nothing is asked of but conditions: all of them match alike. */
export function matchAll(rows: Int32Array): Matches {
  return { rows, lexical: new Float32Array(rows.length).fill(1), semantic: new Float32Array(rows.length), terms: new Map() };
}

function hitsOf({ about }: Intent, permitted: Uint8Array | undefined, { lexicon }: Serving): TextHit[] {
  return lexicon.index
    .search(about)
    .filter(({ row }) => permitted?.[row] !== 0)
    .slice(0, CANDIDATES);
}

/** Where the words and the items that it should be like point [dims], each with the same weight. */
function directionOf({ about, like }: Intent, { textEncoder, scanner, snapshot }: Serving): Float32Array | undefined {
  const { dims } = snapshot.vectors;
  const parts = like.map((id): Float32Array => {
    const vector = new Float32Array(dims);
    scanner.read(snapshot.rowOf.get(id)!, vector, 0);
    const length = Math.hypot(...vector) || 1;
    return vector.map((value) => value / length);
  });
  const words = textEncoder.encode(about);
  if (words) parts.push(words);
  return parts.length === 0 ? undefined : parts.reduce((sum, part) => sum.map((value, d) => value + part[d]!));
}

/** [M] */
function cosines(direction: Float32Array, rows: Int32Array, { scanner, snapshot }: Serving): Float32Array {
  const length = Math.hypot(...direction) || 1;
  return scanner
    .products(direction, rows)
    .map((product, at) => product / (length * Math.sqrt(rowProduct(snapshot.vectors, rows[at]!, rows[at]!)) || 1));
}
