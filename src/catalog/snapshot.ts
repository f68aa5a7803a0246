import type { Item } from '../domain/item.ts';
import type { QuantizedMatrix } from '../kernel/quantize.ts';
import type { ModelManifest } from '../model/manifest.ts';
import type { Neighbours, StoredNeighbours } from '../model/neighbours.ts';
import type { TermVectors } from '../model/text-encoder.ts';
import type { RowOf } from './columns/id-index.ts';
import type { Items } from './columns/items.ts';

/** What counting knows of every item, [items] each. */
export interface ItemStatistics {
  /** Interactions with the item, */
  readonly popularity: Float32Array;
  /** those in the newest tenth of the time, */
  readonly trend: Float32Array;
  /** and days from its first to the newest of all; both are 0 where interactions have no times. */
  readonly ageDays: Float32Array;
}

/**
 * Everything an answer is computed from, under one version. An item is a row: row `i` of `items`, of `vectors`, of the
 * neighbour tables and of `statistics` are the same item.
 */
export interface Snapshot {
  readonly version: string;
  /** The catalogue's writes up to this one are in it. */
  readonly upTo: number;
  /** What its bytes are known by, part by part, as they were published. */
  readonly digests: ReadonlyMap<string, string>;
  readonly model: ModelManifest;
  readonly items: Items;
  readonly rowOf: RowOf;
  readonly vectors: QuantizedMatrix;
  /** Sequential rules: what people went on to. */
  readonly rules: StoredNeighbours;
  /** Co-visits: what the same people had. */
  readonly coVisits: StoredNeighbours;
  /** Likeness of what the items say. */
  readonly texts: StoredNeighbours;
  readonly statistics: ItemStatistics;
  /** Rows, most popular first. */
  readonly byPopularity: Uint32Array;
  /** `.onnx` files, read when the models are opened from them. */
  readonly encoder: LaterPart;
  readonly ranker: LaterPart;
  /** The text encoder. */
  readonly words: TermVectors;
  /** The recorded start of the runtime, if the version has one. */
  readonly start?: LaterPart;
}

/** A part of a version that its first answers do without: it stays in the store until somebody needs it. */
export interface LaterPart {
  /** Of all its bytes; undefined where it stands in several shards. */
  readonly sha256: string | undefined;
  /** Reads and checks it. Rejects where it is missing or not what was published, and may be tried again. */
  readonly read: () => Promise<Uint8Array>;
}

/** What a model folder or a refresh gives to be published. */
export interface Artefacts {
  /** The recorded start of the runtime with both models. */
  readonly start?: Uint8Array;
  readonly model: ModelManifest;
  readonly items: readonly Item[];
  /** [items, dims] */
  readonly vectors: Float32Array;
  readonly rules: Neighbours;
  readonly coVisits: Neighbours;
  readonly texts: Neighbours;
  readonly statistics: ItemStatistics;
  readonly encoder: Uint8Array;
  readonly ranker: Uint8Array;
}
