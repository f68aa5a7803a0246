import * as v from 'valibot';
import type { Item } from '../../domain/item.ts';
import type { Change } from '../amend/change.ts';
import { encodeJson } from '../manifest.ts';
import { vectorFromText, vectorToText } from '../vector-text.ts';

/** Everything that changed since a version of the snapshot was made, as one value beside it. */
export interface Overlay {
  /** The version whose items its new ones were placed among. */
  readonly version: string;
  /** Changes after this write, */
  readonly since: number;
  /** and up to this one. */
  readonly upTo: number;
  readonly changes: readonly Change[];
}

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

const Vector = v.pipe(v.string(), v.transform(vectorFromText));

const Overlay = v.object({
  version: v.string(),
  since: Count,
  upTo: Count,
  changes: v.array(
    v.object({
      id: v.string(),
      seq: Count,
      // Written by `encodeOverlay` alone: checking every field of every item again is not a reader's work.
      item: v.nullable(v.custom<Item>((value) => typeof value === 'object' && value !== null)),
      embedding: v.exactOptional(v.object({ vector: Vector, near: v.array(v.tuple([v.string(), v.number()])) })),
    }),
  ),
});

export function encodeOverlay({ changes, ...rest }: Overlay): Uint8Array {
  return encodeJson({
    ...rest,
    changes: changes.map(({ embedding, ...change }) =>
      embedding ? { ...change, embedding: { vector: vectorToText(embedding.vector), near: embedding.near } } : change,
    ),
  });
}

/** Throws on anything else than `encodeOverlay` wrote. */
export function parseOverlay(bytes: Uint8Array): Overlay {
  return v.parse(Overlay, JSON.parse(new TextDecoder().decode(bytes)));
}
