import type { CatalogueItem } from '../../domain/catalogue-item.ts';
import type { Item } from '../../domain/item.ts';
import { meanLength } from '../../kernel/quantize.ts';
import { openTermIndex } from '../../model/term-index.ts';
import { termsOf } from '../../model/terms.ts';
import { ItemTextEncoder } from '../../model/text-encoder.ts';
import { labelsOf } from '../../model/words.ts';
import { neighboursRoom } from '../fit-neighbours.ts';
import { toServedItem } from '../items/served-item.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Embedding } from './change.ts';

/** Places an item that no model has seen; undefined if nothing is known that it could go by. */
export type Embed = (item: CatalogueItem) => Embedding | undefined;

/** Items that say the same and are told of, at most: as many as a model keeps of each. */
const NEAR = 50;

/** Places items by the text encoder of their snapshot. */
export function embedByText({ items, vectors, words }: Pick<Snapshot, 'items' | 'vectors' | 'words'>): Embed {
  const encoder = new ItemTextEncoder(words);
  return embedBy((text) => encoder.encode(text), { items, vectors });
}

/**
 * Places an item by its text: its vector points where `directionOf` says, and is as long as vectors of this catalogue are on average; beside
 * it stand the items whose terms are most like its own. Made once a snapshot, because it reads the terms of every item.
 */
export function embedBy(
  directionOf: (text: string) => Float32Array | undefined,
  { items, vectors }: Pick<Snapshot, 'items' | 'vectors'>,
): Embed {
  const index = openTermIndex(items);
  const length = meanLength(vectors);
  const keep = Math.min(NEAR, neighboursRoom(items.length)); // a refresh would keep no more
  return (item) => {
    const served = toServedItem(item, undefined);
    const near = index.nearest(termsOf(readable(served, item)), keep);
    const direction = directionOf(textOf(item));
    if (near.length === 0 && !direction) return undefined;
    return {
      vector: direction ? direction.map((value) => length * value) : new Float32Array(vectors.dims),
      near: near.map(({ row, score }) => [items.idOf(row), score]),
    };
  };
}

/** All that an item says, as the text encoder was fitted to read it, and its description. */
export function textOf(item: CatalogueItem): string {
  return [item.title, item.description ?? '', ...labelsOf(toServedItem(item, undefined))].join(' ');
}

/** Words of the description count as words of the title. */
function readable(served: Item, { description }: CatalogueItem): Item {
  return description === undefined ? served : { ...served, title: `${served.title} ${description}` };
}
