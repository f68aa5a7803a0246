import type { ItemBehaviour } from '../../domain/feedback.ts';
import type { Scanner } from '../../kernel/scan.ts';
import type { QuantizedMatrix } from '../../kernel/quantize.ts';
import type { ChangeLog } from '../items/stored-item.ts';
import type { SnapshotReference } from '../manifest.ts';
import type { Snapshot } from '../snapshot.ts';
import type { WritableStorage } from '../storage.ts';

/** Does a piece of work once: when all of it is run again after a crash, what it gave the first time is given again. */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** What a refresh works with. */
export interface RefreshTools {
  readonly storage: WritableStorage;
  readonly catalogue: Pick<ChangeLog, 'boundary' | 'changesBetween'>;
  /** What users did with these items; nothing of those that nobody turned to. At most `LIMITS.learnedPage` are asked for at once. */
  readonly behaviourOf: (items: readonly string[]) => Promise<ItemBehaviour[]>;
  /** Vectors of texts, by a model that is not this catalogue's, at most `LIMITS.textsAtOnce` at once; where there is none the text encoder reads them. */
  readonly embedTexts?: (texts: readonly string[]) => Promise<readonly Float32Array[]>;
  readonly openScanner: (vectors: QuantizedMatrix) => Scanner;
  /** Ids that each of these histories is recommended at that time, best first. */
  readonly recommendTo: (histories: readonly (readonly string[])[], snapshot: Snapshot, atMs: number) => Promise<string[][]>;
  readonly nowMs: () => number;
}

/** What a refresh is going to make of what. */
export interface RefreshPlan {
  readonly base: SnapshotReference;
  /** The version to be made. */
  readonly version: string;
  readonly createdAt: string;
  /** Writes of the catalogue after `since` and up to `upTo` are taken in. */
  readonly since: number;
  readonly upTo: number;
  /** A fingerprint of what the live version learned from users. */
  readonly lessons?: string;
}

/** A version that may not go live, and why: the one that is live stays. */
export class RefreshRefused extends Error {
  override name = 'RefreshRefused';
}
