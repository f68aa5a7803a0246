import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Catalogue } from '../../src/catalog/items/catalogue.ts';
import { deleteItem, patchItem, readItem } from '../../src/catalog/items/edit-item.ts';
import type { PutResult } from '../../src/catalog/items/put-items.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { DEFAULT_TENANT } from '../../src/domain/tenant.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { clearStorage, startService, START_MS, type ErrorBody } from './service.ts';

beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, makeShop(), 0);
});
beforeEach(() => env.FEEDBACK.exec('DELETE FROM items'));

const MUG = { id: 'mug', title: 'RED MUG', price: 2.5, tags: ['gift'] };

type Service = ReturnType<typeof startService>;
const JSON_TYPE = { 'content-type': 'application/json' };
const put = async (service: Service, items: readonly unknown[]) => {
  const response = await service.fetch('/v1/items', { method: 'PUT', body: JSON.stringify({ items }), headers: JSON_TYPE });
  return { status: response.status, body: await response.json<PutResult<{ index: number }> & ErrorBody>() };
};
const patch = (service: Service, id: string, change: object, headers = {}) =>
  service.fetch(`/v1/items/${id}`, { method: 'PATCH', body: JSON.stringify(change), headers });
const remove = (service: Service, id: string, headers = {}) => service.fetch(`/v1/items/${id}`, { method: 'DELETE', headers });
const codeOf = async (response: Response) => [response.status, (await response.json<ErrorBody>()).error.code];
const rows = (query: string) => env.FEEDBACK.prepare(query).raw();

describe('PUT /v1/items', () => {
  test('keeps items, and says which were there already', async () => {
    const service = startService();
    expect(await put(service, [MUG, { ...MUG, id: 'cup' }])).toEqual({
      status: 200,
      body: { accepted: 2, unchanged: 0, refusedTotal: 0, refused: [] },
    });
    expect((await put(service, [MUG, { ...MUG, id: 'cup', price: 3 }])).body).toMatchObject({ accepted: 2, unchanged: 1 });
    const response = await service.get('/v1/items/cup');
    expect(await response.json()).toEqual({
      ...MUG,
      id: 'cup',
      price: 3,
      categories: [],
      available: true,
      hidden: false,
      attributes: {},
      createdAt: new Date(START_MS).toISOString(),
      updatedAt: new Date(START_MS).toISOString(),
    });
    expect(await rows('SELECT id, seq FROM items ORDER BY id')).toEqual([
      ['cup', 4],
      ['mug', 1],
    ]);
  });

  test('refuses bad items one by one, with their place and what is wrong, and keeps the good ones', async () => {
    const service = startService();
    const { status, body } = await put(service, [{ ...MUG, price: -1 }, MUG, 'no item', { ...MUG, id: 'cup', colour: 'red' }]);
    expect([status, body]).toEqual([
      200,
      {
        accepted: 1,
        unchanged: 0,
        refusedTotal: 3,
        refused: [
          { index: 0, id: 'mug', path: 'price', message: 'a price is at least 0' },
          { index: 2, message: expect.any(String) },
          { index: 3, id: 'cup', path: 'colour', message: 'there is no field of this name' },
        ],
      },
    ]);
    expect(await rows('SELECT id FROM items')).toEqual([['mug']]);
  });

  test('takes the later of two with one id', async () => {
    const service = startService();
    expect((await put(service, [MUG, { ...MUG, price: 4 }])).body).toMatchObject({ accepted: 2, unchanged: 0 });
    expect(await (await service.get('/v1/items/mug')).json()).toMatchObject({ price: 4 });
  });

  test('takes as many items as it says, and no more; tells of as many refusals', async () => {
    const service = startService();
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `m${at}`, title: `MUG ${at}` }));
    expect((await put(service, many(LIMITS.items))).body).toMatchObject({ accepted: LIMITS.items, unchanged: 0 });
    expect(await put(service, many(LIMITS.items + 1))).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', path: 'items' } },
    });
    for (const bad of [LIMITS.refusalsTold, LIMITS.refusalsTold + 1]) {
      const { body } = await put(
        service,
        Array.from({ length: bad }, () => ({})),
      );
      expect([body.refusedTotal, body.refused.length]).toEqual([bad, LIMITS.refusalsTold]);
    }
  });

  test('takes a body of so many bytes', async () => {
    const service = startService();
    const body = JSON.stringify({ items: [MUG] });
    const send = (bytes: number) => service.fetch('/v1/items', { method: 'PUT', body: body.padEnd(bytes) });
    expect((await send(LIMITS.itemsBodyBytes)).status).toBe(200);
    expect(await codeOf(await send(LIMITS.itemsBodyBytes + 1))).toEqual([413, 'body_too_large']);
  });

  test('writes the longest items there may be', async () => {
    const items = Array.from({ length: 150 }, (_, at) => ({
      id: `m${at}`,
      title: 'MUG',
      description: '€'.repeat(LIMITS.descriptionChars),
    }));
    const body = items.map((item) => JSON.stringify(item)).join('\n');
    const response = await startService().fetch('/v1/items', { method: 'PUT', body, headers: { 'content-type': 'application/x-ndjson' } });
    expect(await response.json()).toMatchObject({ accepted: 150, refusedTotal: 0 });
  });

  test('works before anything is published', async () => {
    await clearStorage();
    const service = startService();
    expect((await put(service, [MUG])).status).toBe(200);
    expect((await service.get('/v1/items/mug')).status).toBe(200);
    expect(await codeOf(await service.get('/v1/items/i7'))).toEqual([503, 'snapshot_unavailable']);
    await publishTo(env.SNAPSHOTS, makeShop(), 0);
  });
});

describe('PUT /v1/items as a stream', () => {
  const stream = (service: Service, text: string) =>
    service.fetch('/v1/items', {
      method: 'PUT',
      headers: { 'content-type': 'application/x-ndjson' },
      body: new ReadableStream({
        start(controller) {
          const bytes = new TextEncoder().encode(text);
          for (let at = 0; at < bytes.length; at += 700) controller.enqueue(bytes.slice(at, at + 700));
          controller.close();
        },
      }),
    });

  test('reads a line each, whatever cuts them, and counts bad lines', async () => {
    const lines = Array.from({ length: 1_200 }, (_, at) => JSON.stringify({ id: `m${at}`, title: `TEEGLÄS ${at}` }));
    lines.splice(3, 0, '', '{"id":');
    const response = await stream(startService(), lines.join('\r\n'));
    expect(await response.json()).toEqual({
      accepted: 1_200,
      unchanged: 0,
      refusedTotal: 1,
      refused: [{ line: 5, message: expect.stringContaining('not JSON') }],
    });
    expect(await rows('SELECT count(*), max(seq), count(DISTINCT seq) FROM items')).toEqual([[1_200, 1_200, 1_200]]);
  });

  test('takes lines of so many characters', async () => {
    const line = (chars: number) => `${JSON.stringify(MUG).padEnd(chars)}\n`;
    expect((await stream(startService(), line(LIMITS.itemBytes))).status).toBe(200);
    expect(await codeOf(await stream(startService(), line(LIMITS.itemBytes + 701)))).toEqual([413, 'body_too_large']);
  });
});

describe('one item', () => {
  test('that only the snapshot has is read, changed and deleted like any other', async () => {
    const service = startService();
    const before = await service.get('/v1/items/i7');
    expect(await before.json()).toEqual({
      id: 'i7',
      title: 'BAGS NUMBER 7',
      price: 4.5,
      categories: ['bags'],
      tags: [],
      available: true,
      hidden: false,
      attributes: {},
    });
    const changed = await patch(service, 'i7', { price: 1, attributes: { size: 3 } }, { 'if-match': before.headers.get('etag')! });
    expect(await changed.json()).toMatchObject({ id: 'i7', title: 'BAGS NUMBER 7', price: 1, attributes: { size: 3 } });
    expect(await (await service.get('/v1/items/i7')).json()).not.toHaveProperty('createdAt');
    expect((await remove(service, 'i7')).status).toBe(204);
    for (const response of [await service.get('/v1/items/i7'), await patch(service, 'i7', { price: 2 }), await remove(service, 'i7')])
      expect(await codeOf(response)).toEqual([404, 'item_not_found']);
    expect((await put(service, [{ ...MUG, id: 'i7' }])).body).toMatchObject({ accepted: 1, unchanged: 0 });
    expect(await (await service.get('/v1/items/i7')).json()).toMatchObject({ title: 'RED MUG' });
  });

  test('is changed by a merge patch: null takes away', async () => {
    const service = startService();
    await put(service, [{ ...MUG, attributes: { size: 3, colour: 'red' } }]);
    const response = await patch(service, 'mug', { price: null, hidden: true, attributes: { size: null } });
    expect(await response.json()).toMatchObject({ hidden: true, attributes: { colour: 'red' } });
    expect(await (await service.get('/v1/items/mug')).json()).not.toHaveProperty('price');
  });

  test('stays what it is after a patch that would spoil it', async () => {
    const service = startService();
    await put(service, [MUG]);
    for (const [change, path] of [
      [{ price: 'cheap' }, 'price'],
      [{ title: null }, 'title'],
      [{ id: 'cup' }, 'id'],
      [{ colour: 'red' }, 'colour'],
    ] as const) {
      const response = await patch(service, 'mug', change);
      expect([response.status, (await response.json<ErrorBody>()).error.path]).toEqual([400, path]);
    }
    expect(await codeOf(await patch(service, 'mug', [1]))).toEqual([400, 'invalid_request']);
    expect(await (await service.get('/v1/items/mug')).json()).toMatchObject(MUG);
  });

  test('has a tag that follows its content', async () => {
    const service = startService();
    await put(service, [MUG]);
    const tag = (await service.get('/v1/items/mug')).headers.get('etag')!;
    const again = await service.fetch('/v1/items/mug', { headers: { 'if-none-match': `"other", W/${tag}` } });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
    expect((await patch(service, 'mug', { price: 2.5 })).headers.get('etag')).toBe(tag);
    const changed = (await patch(service, 'mug', { price: 3 })).headers.get('etag')!;
    expect(changed).not.toBe(tag);
    expect((await service.fetch('/v1/items/mug', { headers: { 'if-none-match': tag } })).status).toBe(200);
    for (const response of [
      await patch(service, 'mug', { price: 4 }, { 'if-match': tag }),
      await remove(service, 'mug', { 'if-match': tag }),
    ])
      expect(await codeOf(response)).toEqual([412, 'item_changed']);
    expect((await patch(service, 'mug', { price: 4 }, { 'if-match': '*' })).status).toBe(200);
    expect((await remove(service, 'mug', { 'if-match': (await service.get('/v1/items/mug')).headers.get('etag')! })).status).toBe(204);
  });
});

describe('a hidden item', () => {
  test('is not there for a public key, whatever tag it says it knows; to a server it is', async () => {
    const service = startService();
    const asPublic = startService({ caller: { role: 'public', tenant: DEFAULT_TENANT, key: 'k1' } });
    await put(service, [MUG, { ...MUG, id: 'cup', hidden: true }, { ...MUG, id: 'glass', available: false }]);
    await patch(service, 'i7', { hidden: true });
    for (const id of ['mug', 'glass', 'i8']) expect((await asPublic.get(`/v1/items/${id}`)).status).toBe(200);
    for (const id of ['cup', 'i7']) {
      const known = await service.get(`/v1/items/${id}`);
      expect(known.status).toBe(200);
      const headers = { 'if-none-match': known.headers.get('etag')! };
      expect(await codeOf(await asPublic.get(`/v1/items/${id}`))).toEqual([404, 'item_not_found']);
      const response = await asPublic.fetch(`/v1/items/${id}`, { headers });
      expect([response.headers.get('etag'), ...(await codeOf(response))]).toEqual([null, 404, 'item_not_found']);
    }
  });

  test('has no similar items and no explanation, and is none of either', async () => {
    const service = startService();
    const { items } = await (await service.get('/v1/items/i20/similar?limit=5')).json<{ items: { id: string }[] }>();
    expect(items.map(({ id }) => id)).toContain('i21');
    const explained = ['goes-with:en:i21:i20', 'goes-with:en:i22:i21', 'popular:en:i21'];
    for (const id of explained) expect((await service.get(`/v1/explanations/${id}`)).status).toBe(200);
    expect((await patch(service, 'i21', { hidden: true })).status).toBe(200);
    const left = await (await service.get('/v1/items/i20/similar?limit=5')).json<{ items: { id: string }[] }>();
    expect(left.items.map(({ id }) => id)).not.toContain('i21');
    expect(await codeOf(await service.get('/v1/items/i21/similar'))).toEqual([404, 'item_not_found']);
    for (const id of explained) expect(await codeOf(await service.get(`/v1/explanations/${id}`))).toEqual([404, 'explanation_not_found']);
    expect((await patch(service, 'i21', { hidden: false, available: false })).status).toBe(200);
    expect((await service.get('/v1/items/i21/similar')).status).toBe(200); // sold out is no secret
  });
});

describe('two changes at once', () => {
  const served = makeShop().items[7];
  const catalogue = () => new Catalogue(env.FEEDBACK, 'default');

  /** A catalogue in which others change the item `times` times, each after it was read and before it is written. */
  function contested(times: number) {
    const real = catalogue();
    let left = times;
    return {
      read: (id: string) => real.read(id),
      async write(...[items, nowMs, expected]: Parameters<Catalogue['write']>) {
        if (left-- > 0)
          await patchItem('i7', { attributes: { times: left } }, undefined, { catalogue: real, servedItem: () => served }, nowMs);
        return real.write(items, nowMs, expected);
      },
    };
  }

  test('of twenty clients are all made', async () => {
    const service = startService();
    await put(service, [MUG]);
    const changes = Array.from({ length: 20 }, (_, at) => patch(service, 'mug', { attributes: { [`by${at}`]: at } }));
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual(changes.map(() => 200));
    const { attributes } = await (await service.get('/v1/items/mug')).json<{ attributes: object }>();
    expect(Object.keys(attributes)).toHaveLength(20);
  });

  test('are both made', async () => {
    const source = { catalogue: contested(LIMITS.patchAttempts - 1), servedItem: () => served };
    await patchItem('i7', { price: 9 }, undefined, source, 0);
    expect((await readItem('i7', source)).item).toMatchObject({ price: 9, attributes: { times: 0 } });
  });

  test('unless others never cease', async () => {
    const source = { catalogue: contested(LIMITS.patchAttempts), servedItem: () => served };
    await expect(patchItem('i7', { price: 9 }, undefined, source, 0)).rejects.toMatchObject({ code: 'item_contended' });
    expect((await readItem('i7', source)).item).not.toMatchObject({ price: 9 });
  });

  test('are not, where the client said what it means to change', async () => {
    const source = { catalogue: contested(1), servedItem: () => served };
    const expected = new Set([(await readItem('i7', source)).hash]);
    await expect(deleteItem('i7', expected, source, 0)).rejects.toMatchObject({ code: 'item_changed' });
  });
});

test('items of one tenant are not those of another', async () => {
  const service = startService();
  await put(service, [MUG]);
  const other = new Catalogue(env.FEEDBACK, 'other');
  expect(await other.read('mug')).toBeUndefined();
  expect(await other.changesSince(0, 9)).toEqual([]);
  expect(await new Catalogue(env.FEEDBACK, 'default').changesSince(0, 9)).toHaveLength(1);
});

test('a catalogue that cannot be reached is said to be', async () => {
  const service = startService();
  await put(service, [MUG]);
  vi.spyOn(env.FEEDBACK, 'prepare').mockImplementation(() => {
    throw new Error('D1 is away');
  });
  expect(await codeOf(await service.get('/v1/items/mug'))).toEqual([503, 'catalogue_unavailable']);
  vi.restoreAllMocks();
});
