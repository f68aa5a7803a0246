import type { Item } from '../domain/item.ts';
import type { QuantizedMatrix } from '../kernel/quantize.ts';
import type { ModelManifest } from '../model/manifest.ts';
import type { Neighbours } from '../model/neighbours.ts';

/**
 * Everything an answer is computed from, under one version. An item is a row: row `i` of `items`, of `vectors`, of both
 * neighbour tables and of `popularity` are the same item.
 */
export interface Snapshot {
  readonly version: string;
  readonly model: ModelManifest;
  readonly items: readonly Item[];
  readonly rowOf: ReadonlyMap<string, number>;
  readonly vectors: QuantizedMatrix;
  /** Sequential rules: what people went on to. */
  readonly rules: Neighbours;
  /** Co-visits: what the same people had. */
  readonly coVisits: Neighbours;
  /** [items] interactions with each */
  readonly popularity: Float32Array;
  /** Rows, most popular first. */
  readonly byPopularity: Uint32Array;
  /** An `.onnx` file. */
  readonly encoder: Uint8Array;
}

/** What a model folder or a refresh gives to be published. */
export interface Artefacts {
  readonly model: ModelManifest;
  readonly items: readonly Item[];
  /** [items, dims] */
  readonly vectors: Float32Array;
  readonly rules: Neighbours;
  readonly coVisits: Neighbours;
  readonly popularity: Float32Array;
  readonly encoder: Uint8Array;
}
