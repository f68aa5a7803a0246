import type { CatalogueItem } from '../../domain/catalogue-item.ts';

/** The hash of an item that was deleted. */
export const DELETED = '';

/** An item as the catalogue keeps it. */
export interface StoredItem {
  readonly id: string;
  /** The number of the write that made it so; of two, the larger is the later. */
  readonly seq: number;
  /** Of what it says; `DELETED` once it is deleted. */
  readonly hash: string;
  readonly item: CatalogueItem;
  readonly createdMs: number | undefined;
  readonly updatedMs: number;
}

/** What was written, by the numbers of the writes. */
export interface ChangeLog {
  /** What was written after the write `since`, the latest first, deletions too. */
  changesSince(since: number, limit: number): Promise<StoredItem[]>;
  /** What may not be shown any more of what was written after `since` and before `before`, the latest first. */
  withdrawnSince(since: number, before: number, limit: number): Promise<{ id: string; seq: number }[]>;
  /** What was written after `since` and up to `upTo`, the earliest first, deletions too. */
  changesBetween(since: number, upTo: number, limit: number): Promise<StoredItem[]>;
  /** The number of the `count`th write after `since`, or of the last if there are fewer; `since` if there is none. */
  boundary(since: number, count: number): Promise<number>;
}
