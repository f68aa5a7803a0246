import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { toServedItem } from '../catalog/items/served-item.ts';
import type { CatalogueItem } from '../domain/catalogue-item.ts';
import { LIMITS } from '../domain/limits.ts';
import { askJson, type ServiceTarget } from './service.ts';

/** A page of `GET /v1/items`. */
interface Page {
  readonly items: readonly CatalogueItem[];
  readonly cursor: string | null;
}

/** Writes the whole catalogue of a service, an item a line as `import` reads it. Rejects if the service cannot be read. */
export async function fetchCatalogue(target: ServiceTarget, path: string): Promise<void> {
  await pipeline(async function* () {
    for (let cursor: string | null = ''; cursor !== null;) {
      const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page = await askJson<Page>(target, `/v1/items?limit=${LIMITS.answerItems}${after}`);
      yield page.items.map(toLine).join('');
      cursor = page.cursor;
    }
  }, createWriteStream(path));
}

/** What answers are computed from; the rest an item has for people only. */
function toLine(item: CatalogueItem): string {
  const { id, title, price, categories, createdAtMs, attributes } = toServedItem(item, undefined);
  const createdAt = createdAtMs === undefined ? undefined : new Date(createdAtMs).toISOString();
  return `${JSON.stringify({ id, title, price, categories, createdAt, attributes })}\n`;
}
