import { gunzipSync } from 'node:zlib';
import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FeedbackMessage } from '../../src/domain/feedback.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { DeadLetters } from '../../src/feedback/dead-letters.ts';
import { TrainingLog } from '../../src/feedback/log.ts';
import { NOON_MS } from '../fixtures/interaction.ts';
import { expectFault } from './gate.ts';
import { startService } from './service.ts';

beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
});
beforeEach(async () => {
  await env.FEEDBACK.prepare('DELETE FROM dead_letters').run();
  const { objects } = await env.LOG.list();
  await env.LOG.delete(objects.map(({ key }) => key));
});

afterEach(() => vi.restoreAllMocks());

const erase = (user: string): FeedbackMessage => ({ kind: 'erase', user, untilMs: NOON_MS });

describe('dead letters', () => {
  const bury = async (count: number, tenant = 'default') => {
    const letters = new DeadLetters(env.FEEDBACK, tenant);
    await Promise.all(Array.from({ length: count }, (_, at) => letters.bury(`${tenant} ${at}`, erase(`u${at}`), NOON_MS + at)));
  };
  const listed = async (service: ReturnType<typeof startService>) =>
    (await service.get('/v1/dead-letters')).json<{ letters: { id: string; diedAt: string; message: FeedbackMessage }[]; total: number }>();
  /** A queue that takes `most` messages. */
  const takingQueue = (most = Infinity) => {
    const sent: FeedbackMessage[] = [];
    const send = async (message: FeedbackMessage) => {
      if (sent.length === most) throw new Error('the queue is full');
      sent.push(message);
      return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0, oldestMessageTimestamp: new Date(NOON_MS) } } };
    };
    return { sent, queue: { send } };
  };
  const replay = (service: ReturnType<typeof startService>, body: object) =>
    service.fetch('/v1/dead-letters/replay', { method: 'POST', body: JSON.stringify(body) });

  test('are listed, oldest first, those of one tenant', async () => {
    await bury(2);
    await bury(1, 'acme');
    expect(await listed(startService())).toEqual({
      letters: [
        { id: 'default 0', diedAt: new Date(NOON_MS).toISOString(), message: erase('u0') },
        { id: 'default 1', diedAt: new Date(NOON_MS + 1).toISOString(), message: erase('u1') },
      ],
      total: 2,
    });
    expect(await listed(startService({ tenant: 'acme' }))).toMatchObject({ letters: [{ id: 'acme 0' }], total: 1 });
  });

  test('go to the queue again and are forgotten: all, or those that are named', async () => {
    await bury(3);
    await bury(1, 'acme');
    const { sent, queue } = takingQueue();
    const service = startService({ queue });
    expect(await (await replay(service, { ids: ['default 1', 'acme 0', 'nobody'] })).json()).toEqual({ replayed: 1, left: 2 });
    const withoutBody = await service.fetch('/v1/dead-letters/replay', { method: 'POST' });
    expect(await withoutBody.json()).toEqual({ replayed: 2, left: 0 });
    expect(sent).toEqual([erase('u1'), erase('u0'), erase('u2')]);
    expect(await listed(startService({ tenant: 'acme' }))).toMatchObject({ total: 1 });
  });

  test('that the queue does not take stay', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    await bury(3);
    const service = startService(takingQueue(1));
    await expectFault(await replay(service, {}), 500, 'internal');
    expect((await listed(service)).letters.map(({ id }) => id)).toEqual(['default 1', 'default 2']);
  });

  test('so many at once, and the others after them', async () => {
    await bury(LIMITS.deadLetters + 1);
    const service = startService(takingQueue());
    const { letters, total } = await listed(service);
    expect([letters.length, total]).toEqual([LIMITS.deadLetters, LIMITS.deadLetters + 1]);
    expect(await (await replay(service, {})).json()).toEqual({ replayed: LIMITS.deadLetters, left: 1 });
    expect(await (await replay(service, {})).json()).toEqual({ replayed: 1, left: 0 });
    const ids = (count: number) => ({ ids: Array.from({ length: count }, (_, at) => `d${at}`) });
    expect((await replay(service, ids(LIMITS.deadLetters))).status).toBe(200);
    await expectFault(await replay(service, ids(LIMITS.deadLetters + 1)), 400, 'invalid_request', 'ids');
  });

  test.for([
    [{ ids: 'all' }, 'ids'],
    [{ ids: [''] }, 'ids[0]'],
    [{ id: 'd1' }, 'id'],
  ])('%j is refused', async ([body, path]) => {
    await expectFault(await replay(startService(), body as object), 400, 'invalid_request', path as string);
  });
});

describe('GET /v1/log', () => {
  const append = async (count: number, tenant = 'default') => {
    const log = new TrainingLog(env.LOG, tenant);
    const keys = Array.from({ length: count }, (_, at) => log.keyFor(NOON_MS, String(at).padStart(4, '0')));
    await Promise.all(keys.map((key, at) => log.append(key, [`${tenant} ${at}\n`])));
  };
  async function read(service: ReturnType<typeof startService>, cursor?: string) {
    const response = await service.get(`/v1/log${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`);
    const text = gunzipSync(new Uint8Array(await response.arrayBuffer())).toString();
    return { lines: text.split('\n').slice(0, -1), next: response.headers.get('edgewise-cursor') };
  }

  test('gives the objects of one tenant, one gzip behind another', async () => {
    await append(3);
    await append(1, 'acme');
    expect(await read(startService())).toEqual({ lines: ['default 0', 'default 1', 'default 2'], next: null });
    expect(await read(startService({ tenant: 'acme' }))).toEqual({ lines: ['acme 0'], next: null });
  });

  test('of nothing is empty', async () => {
    const response = await startService().get('/v1/log');
    expect([response.status, (await response.arrayBuffer()).byteLength, response.headers.get('content-type')]).toEqual([
      200,
      0,
      'application/gzip',
    ]);
  });

  test('so many objects an answer, and the others behind the cursor', async () => {
    await append(LIMITS.logObjects);
    expect(await read(startService())).toMatchObject({ lines: { length: LIMITS.logObjects }, next: null });
    await append(LIMITS.logObjects + 1);
    const first = await read(startService());
    expect(first).toMatchObject({ lines: { length: LIMITS.logObjects }, next: expect.any(String) });
    expect(await read(startService(), first.next!)).toEqual({ lines: [`default ${LIMITS.logObjects}`], next: null });
  });

  test.for(['x', 'zz', btoa('{"after":"i7"}'), btoa('{"after":"../2026-11-24/1.ndjson.gz"}')])('the cursor %s is none', async (cursor) => {
    await append(1);
    await expectFault(await startService().get(`/v1/log?cursor=${cursor}`), 400, 'cursor_invalid', 'cursor');
  });
});
