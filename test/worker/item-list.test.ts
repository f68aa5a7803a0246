import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Catalogue, type ItemWrite } from '../../src/catalog/items/catalogue.ts';
import { compareIds } from '../../src/catalog/items/id-order.ts';
import { Items } from '../../src/catalog/columns/items.ts';
import { listItems } from '../../src/catalog/items/list-items.ts';
import { DELETED } from '../../src/catalog/items/stored-item.ts';
import type { CatalogueItem } from '../../src/domain/catalogue-item.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { DEFAULT_TENANT } from '../../src/domain/tenant.ts';
import { makeCatalogueItem } from '../fixtures/catalogue-item.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { expectFault } from './gate.ts';
import { clearStorage, startService, START_MS } from './service.ts';

const shop = makeShop();
const catalogue = new Catalogue(env.FEEDBACK, DEFAULT_TENANT);

beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, shop, 0);
});
beforeEach(() => env.FEEDBACK.exec('DELETE FROM items'));

interface Page {
  readonly items: readonly CatalogueItem[];
  readonly cursor: string | null;
}
type Service = ReturnType<typeof startService>;

/** All pages of a list, one after another. */
async function readPages(service: Service, query: Record<string, string> = {}): Promise<Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const parameters = new URLSearchParams({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    const page = await (await service.get(`/v1/items?${parameters.toString()}`)).json<Page>();
    pages.push(page);
    cursor = page.cursor;
  }
  return pages;
}
const idsOf = (pages: readonly Page[]) => pages.flatMap(({ items }) => items.map(({ id }) => id));
const write = (id: string, hash = `hash of ${id}`, rest: Partial<CatalogueItem> = {}): ItemWrite => ({
  item: makeCatalogueItem({ id, ...rest }),
  hash,
  createdMs: START_MS,
});

describe('GET /v1/items', () => {
  test('lists what was written and what only the version has, by id, a page at a time', async () => {
    await catalogue.write([write('cup'), write('i7', 'new', { title: 'RED MUG' }), write('i8', DELETED), write('zoo')], START_MS);
    const pages = await readPages(startService(), { limit: '9' });
    const kept = shop.items.map(({ id }) => id).filter((id) => id !== 'i8');
    expect(idsOf(pages)).toEqual(['cup', ...kept.sort(), 'zoo']);
    expect(pages.map(({ items }) => items.length)).toEqual([9, 9, 9, 9, 5]);
    const all = pages.flatMap(({ items }) => items);
    expect(all.find(({ id }) => id === 'i7')).toMatchObject({ title: 'RED MUG', updatedAt: new Date(START_MS).toISOString() });
    expect(all.find(({ id }) => id === 'i9')).toMatchObject({ title: shop.items[9]!.title, available: true });
  });

  test('keeps to a filter, and shows hidden items', async () => {
    await catalogue.write([write('cup', 'a', { price: 3, hidden: true }), write('pot', 'b', { price: 30 })], START_MS);
    const pages = await readPages(startService(), { filter: 'price <= 3 && !category("bags")' });
    expect(idsOf(pages)).toEqual(['cup', 'i0', 'i2', 'i3']);
    expect(idsOf(await readPages(startService(), { filter: 'hidden == true' }))).toEqual(['cup']);
    expect(idsOf(await readPages(startService(), { filter: 'hidden == false && price > 20' }))).toContain('pot');
  });

  test('reads so many rows a page: one without any may come before one with some', async () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, at) =>
        write(`a${String(at).padStart(4, '0')}`, `${at} of ${count}`, { price: at === count - 1 ? 1 : 9 }),
      );
    await catalogue.write(rows(LIMITS.itemsListed - 1), START_MS);
    expect((await readPages(startService(), { filter: 'price == 1' })).map(({ items }) => items.length)).toEqual([2]);
    await catalogue.write(rows(LIMITS.itemsListed + 1), START_MS);
    expect((await readPages(startService(), { filter: 'price == 1' })).map(({ items }) => items.length)).toEqual([0, 2]);
  });

  test('works before anything is published', async () => {
    await clearStorage();
    await catalogue.write([write('cup')], START_MS);
    expect(idsOf(await readPages(startService()))).toEqual(['cup']);
    await publishTo(env.SNAPSHOTS, shop, 0);
    const pointer = await env.SNAPSHOTS.get('snapshot/current');
    await clearStorage();
    await env.SNAPSHOTS.put('snapshot/current', pointer!); // half of a catalogue is not the whole
    await expectFault(await startService().get('/v1/items'), 503, 'snapshot_unavailable');
    await publishTo(env.SNAPSHOTS, shop, 0);
  });

  test.for([
    ['cursor=nonsense', 'cursor_invalid', 'cursor'],
    [`cursor=${btoa('{"before":"i7"}')}`, 'cursor_invalid', 'cursor'],
    [`cursor=${'x'.repeat(LIMITS.cursorChars + 1)}`, 'invalid_request', 'cursor'],
    [`limit=${LIMITS.answerItems + 1}`, 'invalid_request', 'limit'],
    ['filter=price', 'invalid_filter', 'filter'],
  ] as const)('%s is refused', async ([query, code, path]) => {
    await expectFault(await startService().get(`/v1/items?${query}`), 400, code, path);
  });

  test('takes the largest limit', async () => {
    const [page] = await readPages(startService(), { limit: String(LIMITS.answerItems) });
    expect(page!.items).toHaveLength(shop.items.length);
  });
});

test('ids compare as in D1, whatever they are made of', async () => {
  const Id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).filter((id) => !/[\p{Cc}\p{Cs}]/u.test(id));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(Id, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 4 }), async (ids, limit) => {
      await env.FEEDBACK.exec('DELETE FROM items');
      const [some, others] = [ids.filter((_, at) => at % 2 === 0), ids.filter((_, at) => at % 2 === 1)];
      await catalogue.write(
        some.map((id) => write(id)),
        START_MS,
      );
      const served = Items.of(others.map((id) => ({ ...shop.items[0]!, id })));
      const listed: string[] = [];
      for (let after: string | undefined = ''; after !== undefined;) {
        const page = await listItems({ catalogue, served, after, limit, passes: () => () => true });
        listed.push(...page.items.map(({ item }) => item.id));
        after = page.next;
      }
      expect(listed).toEqual(ids.toSorted(compareIds));
    }),
    { numRuns: 30 },
  );
});
