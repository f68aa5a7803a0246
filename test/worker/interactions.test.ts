import { env } from 'cloudflare:workers';
import { applyD1Migrations, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.ts';
import type { FeedbackMessage } from '../../src/domain/feedback.ts';
import { INTERACTION_WEIGHTS } from '../../src/domain/interaction.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { DEFAULT_TENANT } from '../../src/domain/tenant.ts';
import { parseWeights } from '../../src/http/weights.ts';
import { knownPastOf } from '../../src/session/past.ts';
import { durableSessions, type Sessions } from '../../src/session/sessions.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { START_MS, startService, type ErrorBody } from './service.ts';

beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, makeShop(), 0);
});
afterEach(() => vi.restoreAllMocks());

/** Every test has users of its own. */
let user = '';
beforeEach(() => {
  user = `user ${crypto.randomUUID()}`;
});

const at = (ms: number) => new Date(ms).toISOString();
const click = (fields: object = {}) => ({ id: 'e1', user, item: 'i7', type: 'click', ...fields });
const bodyOf = <T>(response: Response) => response.json<T>();
const stubOf = (name: string) => env.SESSIONS.getByName(name);

async function expectFault(response: Response, status: number, code: ErrorCode, path?: string) {
  const { error } = await bodyOf<ErrorBody>(response);
  expect([response.status, error.code, error.path]).toEqual([status, code, path]);
}

describe('POST /v1/interactions', () => {
  test('is in the very next answer, which names it as the reason', async () => {
    const service = startService();
    const before = await bodyOf<Recommendation>(await service.post({ user }));
    expect(before.items.every(({ reason }) => reason.kind === 'popular')).toBe(true);
    const recorded = await service.record({ interactions: [click()] });
    expect([recorded.status, await recorded.json()]).toEqual([200, { accepted: 1, duplicates: 0 }]);
    const after = await bodyOf<Recommendation>(await service.post({ user, limit: 40 }));
    expect(after.degraded).toEqual([]);
    expect(after.items.find(({ id }) => id === 'i8')?.reason).toEqual({
      kind: 'goes-with',
      text: 'Goes with BAGS NUMBER 7',
      because: ['i7'],
    });
    const stateless = await bodyOf<Recommendation>(await service.post({ history: ['i7'], limit: 40 }));
    expect(after.items).toEqual(stateless.items);
  });

  test('once or twice, in one request or in two, is the same', async () => {
    const service = startService();
    const interactions = [click(), click({ id: 'e2', item: 'i9', at: at(START_MS - 1) }), click()];
    expect(await (await service.record({ interactions })).json()).toEqual({ accepted: 2, duplicates: 1 });
    expect(await (await service.record({ interactions })).json()).toEqual({ accepted: 0, duplicates: 3 });
    expect(await (await service.get(`/v1/users/${user}`)).json()).toMatchObject({ counts: { click: 2 }, history: ['i9', 'i7'] });
  });

  test('what is disliked is neither read nor recommended', async () => {
    const service = startService();
    await service.record({ interactions: [click(), click({ id: 'e2', item: 'i8', type: 'dislike' })] });
    const { items } = await bodyOf<Recommendation>(await service.post({ user, limit: 100 }));
    expect(items.map(({ id }) => id)).not.toContain('i8');
    expect(items.flatMap(({ reason }) => reason.because)).not.toContain('i8');
  });

  test('keeps the users of one request apart', async () => {
    const service = startService();
    const other = `${user}'s friend`;
    await service.record({ interactions: [click(), click({ user: other, item: 'i20' })] });
    expect(await (await service.get(`/v1/users/${encodeURIComponent(other)}`)).json()).toMatchObject({ history: ['i20'] });
    expect(await (await service.get(`/v1/users/${user}`)).json()).toMatchObject({ history: ['i7'] });
  });

  test('takes the body of a beacon', async () => {
    const body = new Blob([JSON.stringify({ interactions: [click()] })], { type: 'text/plain;charset=UTF-8' });
    const response = await startService().fetch('/v1/interactions', { method: 'POST', body });
    expect(await response.json()).toEqual({ accepted: 1, duplicates: 0 });
  });

  test('takes configured types', async () => {
    const service = startService({ weights: parseWeights('{"wishlist": 2, "hide": -1, "view": 0}') });
    const interactions = [
      click({ id: 'w', item: 'i1', type: 'wishlist' }),
      click({ id: 'h', item: 'i2', type: 'hide' }),
      click({ id: 'v', item: 'i3', type: 'view' }),
    ];
    expect((await service.record({ interactions })).status).toBe(200);
    expect(await (await service.get(`/v1/users/${user}`)).json()).toMatchObject({ history: ['i1'], rejected: ['i2'] });
  });

  test('keeps what came with it, and the country it came from', async () => {
    const service = startService();
    const told = click({ at: at(START_MS), type: 'rating', value: 4.5, recommendationId: 'r-1', position: 2 });
    const init = { cf: { country: 'DE' } } as unknown as RequestInit;
    await service.record({ interactions: [told] }, init);
    const { interactions } = await bodyOf<{ interactions: object[] }>(await service.get(`/v1/users/${user}`));
    expect(interactions).toEqual([{ ...told, weight: INTERACTION_WEIGHTS.rating, country: 'DE', receivedAt: at(START_MS) }]);
  });
});

describe('faults of interactions', () => {
  const faults: [name: string, body: (good: object) => unknown, code: ErrorCode, path?: string][] = [
    ['a body that is not JSON', () => '{"interactions": [', 'invalid_json'],
    ['a list', (good) => [good], 'invalid_request'],
    ['no interactions', () => ({}), 'invalid_request', 'interactions'],
    ['an empty list', () => ({ interactions: [] }), 'invalid_request', 'interactions'],
    ['an unknown field', (good) => ({ interactions: [good], user: 'u' }), 'invalid_request', 'user'],
    ['an unknown field of an interaction', (good) => ({ interactions: [{ ...good, when: 1 }] }), 'invalid_request', 'interactions[0].when'],
    ['an interaction that is none', (good) => ({ interactions: [good, 'i7'] }), 'invalid_request', 'interactions[1]'],
    ['no id', (good) => ({ interactions: [{ ...good, id: undefined }] }), 'invalid_request', 'interactions[0].id'],
    ['an id that is a number', (good) => ({ interactions: [{ ...good, id: 7 }] }), 'invalid_request', 'interactions[0].id'],
    ['an empty user', (good) => ({ interactions: [{ ...good, user: '' }] }), 'invalid_request', 'interactions[0].user'],
    ['no item', (good) => ({ interactions: [{ ...good, item: undefined }] }), 'invalid_request', 'interactions[0].item'],
    ['a type that is a number', (good) => ({ interactions: [{ ...good, type: 1 }] }), 'invalid_request', 'interactions[0].type'],
    [
      'an unknown type',
      (good) => ({ interactions: [good, { ...good, type: 'stare' }] }),
      'unknown_interaction_type',
      'interactions[1].type',
    ],
    [
      'a type of every object',
      (good) => ({ interactions: [{ ...good, type: 'constructor' }] }),
      'unknown_interaction_type',
      'interactions[0].type',
    ],
    ['a time that is none', (good) => ({ interactions: [{ ...good, at: 'noon' }] }), 'invalid_request', 'interactions[0].at'],
    [
      'a day that is none',
      (good) => ({ interactions: [{ ...good, at: '2126-11-31T09:00:00Z' }] }),
      'invalid_request',
      'interactions[0].at',
    ],
    [
      'a time with a blank',
      (good) => ({ interactions: [{ ...good, at: '2126-11-24 09:00:00Z' }] }),
      'invalid_request',
      'interactions[0].at',
    ],
    ['a value in quotes', (good) => ({ interactions: [{ ...good, value: '4' }] }), 'invalid_request', 'interactions[0].value'],
    ['a rating without a value', (good) => ({ interactions: [{ ...good, type: 'rating' }] }), 'invalid_request', 'interactions[0].value'],
    ['half a position', (good) => ({ interactions: [{ ...good, position: 0.5 }] }), 'invalid_request', 'interactions[0].position'],
  ];
  test.for(faults)('%s', async ([, body, code, path]) => {
    const service = startService();
    await expectFault(await service.record(body(click())), 400, code, path);
    expect((await service.get(`/v1/users/${user}`)).status).toBe(404); // nothing of a request with a fault is stored
  });

  const id = (chars: number) => 'x'.repeat(chars);
  const bounds: [name: string, good: object[], bad: object[], code: ErrorCode, path: string][] = [
    [
      'a clock ahead',
      [{ at: at(START_MS + LIMITS.clockAheadMs) }, { at: '2126-11-24t09:00:00z' }],
      [{ at: at(START_MS + LIMITS.clockAheadMs + 1) }],
      'clock_skew',
      'interactions[0].at',
    ],
    [
      'a clock behind',
      [{ at: at(START_MS - LIMITS.interactionAgeMs) }],
      [{ at: at(START_MS - LIMITS.interactionAgeMs - 1) }],
      'clock_skew',
      'interactions[0].at',
    ],
    ['an id', [{ id: id(LIMITS.idChars) }], [{ id: id(LIMITS.idChars + 1) }], 'invalid_request', 'interactions[0].id'],
    ['an item', [{ item: id(LIMITS.idChars) }], [{ item: id(LIMITS.idChars + 1) }], 'invalid_request', 'interactions[0].item'],
    ['a user', [{}], [{ user: id(LIMITS.idChars + 1) }], 'invalid_request', 'interactions[0].user'],
    [
      'a position',
      [{ position: 0 }, { position: LIMITS.answerItems - 1 }],
      [{ position: -1 }, { position: LIMITS.answerItems }],
      'invalid_request',
      'interactions[0].position',
    ],
    [
      'a rating',
      [
        { type: 'rating', value: 0 },
        { type: 'rating', value: 5 },
      ],
      [
        { type: 'rating', value: -1 },
        { type: 'rating', value: 5.1 },
      ],
      'invalid_request',
      'interactions[0].value',
    ],
  ];
  test.for(bounds)('%s, on both sides of the bound', async ([, good, bad, code, path]) => {
    const service = startService();
    for (const fields of good) expect((await service.record({ interactions: [click(fields)] })).status).toBe(200);
    for (const fields of bad) await expectFault(await service.record({ interactions: [click(fields)] }), 400, code, path);
  });

  test('so many interactions and not one more', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => click({ id: `e${index}` }));
    const service = startService();
    expect(await (await service.record({ interactions: many(LIMITS.interactions) })).json()).toEqual({ accepted: 500, duplicates: 0 });
    await expectFault(await service.record({ interactions: many(LIMITS.interactions + 1) }), 400, 'invalid_request', 'interactions');
  });

  test('so many bytes and not one more', async () => {
    const body = JSON.stringify({ interactions: [click()] });
    const service = startService();
    const recordBytes = (bytes: number) => service.record(body + ' '.repeat(bytes - body.length));
    expect((await recordBytes(LIMITS.interactionBodyBytes)).status).toBe(200);
    await expectFault(await recordBytes(LIMITS.interactionBodyBytes + 1), 413, 'body_too_large');
  });

  test.for([
    'null',
    '{',
    '{"Wish List": 1}',
    `{"${id(LIMITS.typeChars + 1)}": 1}`,
    '{"wishlist": "2"}',
    `{"wishlist": ${LIMITS.weight + 1}}`,
  ])('INTERACTION_TYPES %s is refused', (configured) => {
    expect(() => parseWeights(configured)).toThrow('INTERACTION_TYPES cannot be read');
  });

  test('INTERACTION_TYPES at its bounds', () => {
    const longest = id(LIMITS.typeChars);
    expect(parseWeights(`{"${longest}": ${LIMITS.weight}}`)).toEqual({ ...INTERACTION_WEIGHTS, [longest]: LIMITS.weight });
    expect(parseWeights(undefined)).toEqual(INTERACTION_WEIGHTS);
  });
});

describe('what fails', () => {
  const broken = async () => Promise.reject(new Error('the object is gone'));
  const sessions: Sessions = {
    read: broken,
    past: broken,
    record: broken,
    critique: broken,
    uncritique: broken,
    refine: broken,
    askReranking: broken,
    keepReranking: broken,
    erase: broken,
    merge: broken,
  };

  test('a session that cannot be read degrades the answer', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const service = startService({ sessions });
    await service.get('/v1/popular');
    const response = await service.post({ user });
    const answer = await bodyOf<Recommendation>(response);
    expect([response.status, answer.degraded, answer.items.length]).toEqual([200, ['session'], LIMITS.answerItemsDefault]);
    expect(warned).toHaveBeenCalledTimes(1);
  });

  test('a session that is late does too', async () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
    vi.useFakeTimers();
    const asked = Promise.withResolvers<void>();
    const never = () => {
      asked.resolve();
      return new Promise<never>(() => undefined);
    };
    const answering = startService({ sessions: { ...sessions, past: never } }).post({ user });
    await asked.promise;
    vi.advanceTimersByTime(LIMITS.sessionWaitMs);
    vi.useRealTimers();
    expect((await bodyOf<Recommendation>(await answering)).degraded).toContain('session');
  });

  test('a history touches no session', async () => {
    const service = startService({ sessions });
    await service.get('/v1/popular');
    for (const body of [{ history: ['i7'] }, {}]) expect((await bodyOf<Recommendation>(await service.post(body))).degraded).toEqual([]);
  });

  test('an interaction that is not stored is not accepted; one that was is not counted twice', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    const real = durableSessions(env.SESSIONS, DEFAULT_TENANT);
    const other = `${user}'s friend`;
    const service = startService({
      sessions: { ...real, record: (name, ...rest) => (name === other ? broken() : real.record(name, ...rest)) },
    });
    const interactions = [click(), click({ user: other })];
    const response = await service.record({ interactions });
    expect(response.headers.get('retry-after')).toBe('2');
    await expectFault(response, 503, 'session_unavailable');
    expect(await (await startService().record({ interactions })).json()).toEqual({ accepted: 1, duplicates: 1 });
  });

  test('export and erasure of an object that is gone', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    const service = startService({ sessions });
    await expectFault(await service.get(`/v1/users/${user}`), 503, 'session_unavailable');
    await expectFault(await service.fetch(`/v1/users/${user}`, { method: 'DELETE' }), 503, 'session_unavailable');
  });
});

describe('a user and a history', () => {
  test('are one too many', async () => {
    const service = startService();
    await expectFault(await service.post({ user, history: ['i1'] }), 400, 'invalid_request', 'history');
    await expectFault(await service.post({ user: '' }), 400, 'invalid_request', 'user');
    await expectFault(await service.post({ user: 'u'.repeat(LIMITS.idChars + 1) }), 400, 'invalid_request', 'user');
  });
});

describe('the object of a user', () => {
  beforeEach(() => {
    vi.spyOn(Date, 'now').mockReturnValue(START_MS);
  });

  /** Stands for the queue; refuses the first `refusals` messages. */
  async function watchQueue(refusals = 0): Promise<FeedbackMessage[]> {
    const sent: FeedbackMessage[] = [];
    let left = refusals;
    await runInDurableObject(stubOf(user), (instance) => {
      const { env: bindings } = instance as unknown as { env: { INTERACTIONS: Pick<Queue<FeedbackMessage>, 'send'> } };
      const send = async (message: FeedbackMessage) => {
        if (left-- > 0) throw new Error('the queue is down');
        sent.push(message);
      };
      Object.assign(instance, { env: { ...bindings, INTERACTIONS: { send } } });
    });
    return sent;
  }
  const alarmMs = () => runInDurableObject(stubOf(user), (_, state) => state.storage.getAlarm());

  test('remembers after it was evicted', async () => {
    const service = startService();
    await service.record({ interactions: [click()] });
    await evictDurableObject(stubOf(user));
    expect(await (await service.get(`/v1/users/${user}`)).json()).toMatchObject({ history: ['i7'] });
  });

  test('tells answers what follows from the session, whatever has happened to it', async () => {
    const service = startService();
    const sessions = durableSessions(env.SESSIONS, DEFAULT_TENANT);
    const known = () => sessions.past(user);
    const told = [await known()];
    const happenings = [
      () => service.record({ interactions: [click(), click({ id: 'e2', item: 'i9', type: 'play' })] }),
      () => service.record({ interactions: [click({ id: 'e3', item: 'i5', type: 'impression' })] }),
      () => service.record({ interactions: [click({ id: 'e4', type: 'dislike' })] }),
      () => sessions.critique(user, [{ id: 'c1', atMs: START_MS, kind: 'more', words: 'red' }], START_MS),
      () => sessions.uncritique(user, 'c1', START_MS),
      () => evictDurableObject(stubOf(user)),
      () => sessions.erase(user, START_MS),
    ];
    for (const happen of happenings) {
      await happen();
      expect(await known()).toEqual(knownPastOf(await sessions.read(user)));
      told.push(await known());
    }
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(5); // an eviction changes nothing, and what was taken back or erased is as before
  });

  test('sends each new interaction to the queue, once', async () => {
    const service = startService();
    const sent = await watchQueue();
    await service.record({ interactions: [click()] });
    await service.record({ interactions: [click(), click({ id: 'e2' })] });
    expect(sent).toEqual([]);
    await runDurableObjectAlarm(stubOf(user));
    expect(sent.flatMap((message) => (message.kind === 'interactions' ? message.interactions.map(({ id }) => id) : [])).sort()).toEqual([
      'e1',
      'e2',
    ]);
    await runDurableObjectAlarm(stubOf(user));
    expect(sent).toHaveLength(2);
  });

  test('keeps what the queue refuses, and sends it again', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const service = startService();
    const sent = await watchQueue(2);
    expect((await service.record({ interactions: [click()] })).status).toBe(200);
    for (let refusal = 0; refusal < 2; refusal++) {
      await runDurableObjectAlarm(stubOf(user));
      expect(sent).toEqual([]);
      expect(await alarmMs()).not.toBeNull();
    }
    await runDurableObjectAlarm(stubOf(user));
    expect(sent).toMatchObject([{ kind: 'interactions', interactions: [{ id: 'e1' }] }]);
    expect(warned).toHaveBeenCalledTimes(2);
  });

  test('sends more than one alarm takes by further ones', async () => {
    const service = startService();
    const sent = await watchQueue();
    for (let request = 0; request < 101; request++) await service.record({ interactions: [click({ id: `e${request}` })] });
    await runDurableObjectAlarm(stubOf(user));
    await runDurableObjectAlarm(stubOf(user));
    expect(sent).toHaveLength(101);
  });

  test('expires when the user has long been away, and not before', async () => {
    const service = startService();
    await watchQueue();
    await service.record({ interactions: [click()] });
    const now = vi.mocked(Date.now).mockReturnValue(START_MS + LIMITS.sessionTtlMs - 1);
    await runDurableObjectAlarm(stubOf(user));
    expect(await alarmMs()).toBe(START_MS + LIMITS.sessionTtlMs);
    expect((await service.get(`/v1/users/${user}`)).status).toBe(200);
    now.mockReturnValue(START_MS + LIMITS.sessionTtlMs);
    await runDurableObjectAlarm(stubOf(user));
    expect((await service.get(`/v1/users/${user}`)).status).toBe(404);
    expect(await alarmMs()).toBeNull();
  });

  test('erases at once, even what was not sent yet, and passes it on', async () => {
    const service = startService();
    const sent = await watchQueue();
    await service.record({ interactions: [click()] });
    const response = await service.fetch(`/v1/users/${user}`, { method: 'DELETE' });
    expect([response.status, await response.json()]).toEqual([202, { id: user, erased: ['session'], erasing: ['log'] }]);
    await expectFault(await service.get(`/v1/users/${user}`), 404, 'user_not_found', 'id');
    expect((await bodyOf<Recommendation>(await service.post({ user }))).items.every(({ reason }) => reason.kind === 'popular')).toBe(true);
    await runDurableObjectAlarm(stubOf(user));
    expect(sent).toEqual([{ kind: 'erase', tenant: DEFAULT_TENANT, user, untilMs: START_MS }]);
    expect(await runInDurableObject(stubOf(user), (_, state) => [...state.storage.kv.list()])).toEqual([]);
  });
});
