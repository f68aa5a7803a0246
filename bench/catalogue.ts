/** Synthetic catalogues of any size. */
import { DELETED, type StoredItem } from '../src/catalog/items/stored-item.ts';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import type { Item } from '../src/domain/item.ts';
import { normal, seededRandom, type Random } from '../src/kernel/random.ts';
import { FEATURES, featureSchemaHash } from '../src/model/features.ts';
import type { ScoringWeights } from '../src/model/manifest.ts';
import type { Neighbours } from '../src/model/neighbours.ts';

const DIMS = 64;
const WORDS = 5_000;
const CATEGORIES = 200;

/** So many items with random vectors, Zipf-like popularity and titles, and so many neighbours a row of each table; the same for the same arguments. */
export function makeCatalogue(count: number, neighbours: number): Artefacts {
  const random = seededRandom(count);
  const popularity = Float32Array.from({ length: count }, (_, row) => Math.ceil(count / (row + 1)));
  return {
    model: {
      format: 2,
      catalogue: 'synthetic',
      items: count,
      encoder: { dims: DIMS, blocks: 2, heads: 1, length: 50, hidden: DIMS },
      featureSchema: featureSchemaHash(),
      coldScoring: Object.fromEntries(FEATURES.map(({ name }) => [name, 0.1])) as ScoringWeights,
      data: { hash: '0'.repeat(64), users: 1, interactions: 1, protocol: 'leave-one-out' },
      seed: count,
      validation: { epoch: 1, ndcg10: 0 },
      command: `makeCatalogue(${count}, ${neighbours})`,
    },
    items: Array.from({ length: count }, (_, row) => makeItem(`s${row}`, random)),
    vectors: Float32Array.from({ length: count * DIMS }, () => normal(random)),
    rules: randomNeighbours(count, neighbours, random),
    coVisits: randomNeighbours(count, neighbours, random),
    texts: randomNeighbours(count, neighbours, random),
    statistics: { popularity, trend: new Float32Array(count), ageDays: new Float32Array(count) },
    encoder: new Uint8Array(200_000),
    ranker: new Uint8Array(5_000),
  };
}

/** So many writes over such a catalogue: half of them new items, of the others most a price and some a deletion. */
export function makeWrites(items: number, count: number): StoredItem[] {
  const random = seededRandom(count);
  return Array.from({ length: count }, (_, at) => {
    const id = at % 2 === 0 ? `new${at}` : `s${Math.floor((at / count) * items)}`;
    const { title, price, categories, attributes } = makeItem(id, random);
    return {
      id,
      seq: at + 1,
      hash: at % 20 === 1 ? DELETED : String(at),
      item: { id, title, price: price!, categories, tags: [], available: true, hidden: false, attributes },
      createdMs: 0,
      updatedMs: 0,
    };
  });
}

function makeItem(id: string, random: Random): Item {
  const word = () => `word${Math.floor(WORDS * random() ** 3)}`;
  return {
    id,
    title: `${word()} ${word()} ${word()} ${word()}`,
    price: Math.round(10_000 * random()) / 100,
    categories: [`category${Math.floor(CATEGORIES * random())}`],
    attributes: {},
  };
}

function randomNeighbours(count: number, each: number, random: Random): Neighbours {
  return {
    start: Uint32Array.from({ length: count + 1 }, (_, row) => row * each),
    item: Uint32Array.from({ length: count * each }, () => Math.floor(random() * count)),
    weight: Float32Array.from({ length: count * each }, (_, at) => 1 / (1 + (at % each))),
  };
}
