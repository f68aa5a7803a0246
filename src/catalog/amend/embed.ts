import type { CatalogueItem } from '../../domain/catalogue-item.ts';
import { dequantizeRow } from '../../kernel/quantize.ts';
import { openTermIndex } from '../../model/term-index.ts';
import { termsOf } from '../../model/terms.ts';
import { toServedItem } from '../items/served-item.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Embedding } from './change.ts';

/** Places an item that no model has seen; undefined if nothing is known that it could go by. */
export type Embed = (item: CatalogueItem) => Embedding | undefined;

/** Items that say the same and are told of; as many as a model keeps of each. */
const NEAR = 50;
/** The nearest of them that the vector is made of: the rest share a word and no more. */
const AVERAGED = 10;

/**
 * Places an item among those whose texts are most like its own: its vector is their mean, each weighing the cosine of its terms. Made
 * once a snapshot, because it reads the terms of every item.
 */
export function embedByTerms({ items, vectors }: Pick<Snapshot, 'items' | 'vectors'>): Embed {
  const index = openTermIndex(items);
  return (item) => {
    const near = index.nearest(termsOf(readable(item)), NEAR);
    if (near.length === 0) return undefined;
    const averaged = near.slice(0, AVERAGED);
    const total = averaged.reduce((sum, { score }) => sum + score, 0);
    const vector = new Float32Array(vectors.dims);
    const row = new Float32Array(vectors.dims);
    for (const { row: from, score } of averaged) {
      dequantizeRow(vectors, from, row, 0);
      for (let d = 0; d < vectors.dims; d++) vector[d]! += (score / total) * row[d]!;
    }
    return { vector, near: near.map(({ row: from, score }) => [items[from]!.id, score]) };
  };
}

/** Words of the description count as words of the title. */
function readable(item: CatalogueItem) {
  const served = toServedItem(item, undefined);
  return item.description === undefined ? served : { ...served, title: `${item.title} ${item.description}` };
}
