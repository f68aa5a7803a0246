import type { CatalogueItem } from '../../domain/catalogue-item.ts';
import { sha256 } from '../../kernel/sha256.ts';
import { encodeJson } from '../manifest.ts';

const HASH_CHARS = 32;

/** A fingerprint of all an item says, whatever the order in which it says it. 32 hexadecimal digits. */
export async function contentHash(item: CatalogueItem): Promise<string> {
  return (await sha256(encodeJson(sorted(item)))).slice(0, HASH_CHARS);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, of]) => of !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, of]) => [name, sorted(of)]),
  );
}
