import { brandOf, type Item } from '../../domain/item.ts';
import { fnv1a } from '../../kernel/hash.ts';

/** A condition a field: `{"price": {"$lt": 5}}`. */
export type VectorFilter = Record<string, Record<string, FilterValue | FilterValue[]>>;
type FilterValue = string | number | boolean;

/** Of Vectorize, what is used: the binding has it, and so has whatever stands in for it. */
export interface VectorIndex {
  /** The nearest by inner product, best first. */
  query(
    vector: Float32Array,
    options: { topK: number; namespace: string; filter: VectorFilter },
  ): Promise<{ matches: readonly { readonly id: string }[] }>;
  upsert(vectors: { id: string; namespace: string; values: Float32Array; metadata?: Record<string, FilterValue> }[]): Promise<unknown>;
  deleteByIds(ids: string[]): Promise<unknown>;
  getByIds(ids: string[]): Promise<readonly { readonly id: string }[]>;
}

/** Where the marks of versions stand that are written whole. */
export const MARKS = 'marks';
/** Digits of a version in an id: of its hash, and the fingerprint at its end. Vectorize takes ids of 64 bytes. */
const HASH_DIGITS = 8;

/** The names of one version of one tenant in the index: its vectors are in a namespace, their ids say which row they are of. */
export class VectorSpace {
  readonly namespace: string;
  private readonly prefix: string;

  constructor(tenant: string, version: string) {
    this.namespace = `${tenant}/${version}`;
    this.prefix = `${fnv1a(this.namespace).toString(16).padStart(HASH_DIGITS, '0')}${version.slice(-HASH_DIGITS)}:`;
  }

  idOf(row: number): string {
    return `${this.prefix}${row}`;
  }

  /** Undefined for a vector of another version. */
  rowOf(id: string): number | undefined {
    const row = id.startsWith(this.prefix) ? Number(id.slice(this.prefix.length)) : NaN;
    return Number.isInteger(row) ? row : undefined;
  }

  /** The id of the vector that says that all others are written. */
  get mark(): string {
    return `${this.prefix}ready`;
  }
}

/** What the index can filter by: fields with one value an item, so that it means the same there as in a request's filter. */
export function metadataOf(item: Item): Record<string, FilterValue> {
  const brand = brandOf(item);
  return { ...(item.price === undefined ? {} : { price: item.price }), ...(brand === undefined ? {} : { brand }) };
}
