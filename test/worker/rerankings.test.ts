import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChatRequest } from '../../src/domain/language-model.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { currentList } from '../../src/recommend/reranking/current-list.ts';
import { consumeRerankings } from '../../src/recommend/reranking/queue.ts';
import { INJECTIONS } from '../fixtures/injections.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { model } from './model.ts';
import { startService } from './service.ts';

/** Items `i0` to `i39`: mugs, bags and lights in turn. `i4` may not be put before a language model. */
beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  const shop = makeShop();
  const items = shop.items.map((item) => (item.id === 'i4' ? { ...item, title: INJECTIONS[0]! } : item));
  await publishTo(env.SNAPSHOTS, { ...shop, items }, Date.parse('2026-11-24T08:00:00Z'));
});

interface Shown {
  readonly candidates: readonly { readonly number: number; readonly title: string }[];
}
/** Likes what stands last in the alphabet: mugs, then lights, then bags. */
async function* byName({ messages }: ChatRequest) {
  const { candidates } = JSON.parse(messages[1]!.content) as Shown;
  yield JSON.stringify({ order: candidates.toSorted((a, b) => (a.title > b.title ? -1 : 1)).map(({ number }) => number) });
}

let warned: string[];
beforeEach(() => {
  model.reset(byName);
  warned = [];
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void warned.push(line));
});
afterEach(() => vi.restoreAllMocks());

/** An isolate: its service, and its queue, which goes only when it is told to. */
async function startIsolate(options: Parameters<typeof startService>[0] = { explaining: true }) {
  let ids = 0;
  const service = startService({ newId: () => `n${ids++}`, ...options });
  const { sessions } = service.services;
  await service.post({}); // starts the encoder: what changes answers from here on is the language model
  return {
    ...service,
    ask: async (user: string, body: object = {}) =>
      (await service.post({ user, overrides: { reranking: true }, ...body })).json<Recommendation>(),
    view: (user: string, ...items: string[]) =>
      service.record({
        interactions: items.map((item) => ({
          id: `e${user}${item}`,
          user,
          item,
          type: 'view',
          at: new Date(service.clock.nowMs++).toISOString(),
        })),
      }),
    exported: async (user: string) => (await service.get(`/v1/users/${user}`)).json<{ reranking?: { strength: number } }>(),
    async flush() {
      const bodies = service.rerankingMessages.splice(0);
      let acked = 0;
      await consumeRerankings(
        bodies.map((body) => ({ body, ack: () => void acked++ })),
        async () => ({
          model,
          open: async ({ user, scenario }) =>
            service.store.current?.hold((serving) => currentList(user, scenario, serving, sessions, service.clock.nowMs)),
          keep: (user, reranking) => sessions.keepReranking(user, reranking, service.clock.nowMs),
        }),
      );
      expect(acked).toBe(bodies.length);
      return bodies;
    },
  };
}
const idsOf = ({ items }: Recommendation) => items.map(({ id }) => id);

describe('a reranking', () => {
  test('is asked for behind an answer, counts in the next one, is told by debug, and fades', async () => {
    const { ask, view, flush, exported } = await startIsolate();
    await view('ann', 'i10', 'i11', 'i12');
    const before = await ask('ann');
    expect(await flush()).toEqual([{ kind: 'reranking', tenant: 'default', user: 'ann', scenario: 'home', place: {} }]);
    expect(model.calls).toHaveLength(LIMITS.rerankingOrders);
    expect(model.calls[0]!.caller.urgency).toBe('prefetch');
    for (const { request } of model.calls) expect(JSON.stringify(request)).not.toMatch(/ann|"i\d|ignore/i);

    const after = await ask('ann', { explain: 'debug' });
    expect(idsOf(after)).not.toEqual(idsOf(before));
    const told = after.debug!.reranking!;
    expect(told).toHaveLength(LIMITS.rerankedItems - 1);
    expect(told[0]).toEqual({ id: expect.any(String), factor: LIMITS.rerankingFactor });
    expect(told.map(({ id }) => id)).not.toContain('i4');
    expect(after.debug!.rules.map(({ rule }) => rule)).toContain('reranking');
    const reasonOf = (answer: Recommendation, id: string) => answer.items.find((item) => item.id === id)?.reason;
    const both = idsOf(after).filter((id) => idsOf(before).includes(id));
    for (const id of both) expect(reasonOf(after, id)).toEqual(reasonOf(before, id)); // the reason is that of the item, not of its place

    expect((await exported('ann')).reranking!.strength).toBe(1);
    await view('ann', 'i20');
    expect((await exported('ann')).reranking!.strength).toBe(1 - 1 / LIMITS.rerankingFades);
    const faded = (await ask('ann', { explain: 'debug' })).debug!.reranking!;
    expect(faded[0]!.factor).toBeCloseTo(LIMITS.rerankingFactor ** (1 - 1 / LIMITS.rerankingFades), 6);
    expect(await flush()).toEqual([]); // one interaction is not enough
    await view('ann', 'i21', 'i22');
    await ask('ann');
    expect(await flush()).toHaveLength(1);
  });

  test('is off unless the scenario has it, and of no use to a search or a page about an item', async () => {
    const { ask, view, flush } = await startIsolate();
    await view('bob', 'i10', 'i11', 'i12');
    await ask('bob', { overrides: {} });
    await ask('bob', { scenario: 'search', query: 'mugs' });
    await ask('bob', { scenario: 'item', context: { item: 'i3' } });
    expect(await flush()).toEqual([]);
    const plain = idsOf(await ask('bob', { overrides: {} }));
    await ask('bob');
    await flush();
    expect(idsOf(await ask('bob', { overrides: {} }))).toEqual(plain);
    expect(idsOf(await ask('bob'))).not.toEqual(plain);
  });

  test('is queued once, whoever asks, and not where the budget is spent, without a language model, or for too short a session', async () => {
    const [one, other] = [await startIsolate(), await startIsolate()];
    await one.view('cat', 'i10', 'i11');
    await one.ask('cat');
    expect(await one.flush()).toEqual([]);
    await one.view('cat', 'i12');
    model.ready = false;
    await one.ask('cat');
    const mute = await startIsolate({ explaining: false });
    await mute.ask('cat');
    expect([await one.flush(), await mute.flush()]).toEqual([[], []]);
    model.ready = true;
    await Promise.all([one.ask('cat'), other.ask('cat')]);
    expect([...(await one.flush()), ...(await other.flush())]).toHaveLength(1);
  });

  test('keeps no answer waiting: while the language model stalls, answers are as before', async () => {
    const { ask, view, flush } = await startIsolate();
    await view('dan', 'i10', 'i11', 'i12');
    const before = idsOf(await ask('dan'));
    const held = Promise.withResolvers<void>();
    model.says = async function* (request) {
      await held.promise;
      yield* byName(request);
    };
    const reranking = flush();
    await vi.waitFor(() => expect(model.calls).toHaveLength(1));
    for (let time = 0; time < 5; time++) expect(idsOf(await ask('dan'))).toEqual(before);
    held.resolve();
    await reranking;
    expect(idsOf(await ask('dan'))).not.toEqual(before);
  });

  test.each([
    ['an answer of another schema', '{"order": "1"}'],
    ['no JSON', 'I like mugs'],
    ['an order of what was never sent', '{"order": [97, 98, 99]}'],
  ])('that is %s changes nothing', async (what, said) => {
    const { ask, view, flush } = await startIsolate();
    model.says = async function* () {
      yield said;
    };
    await view(what, 'i10', 'i11', 'i12');
    const before = idsOf(await ask(what));
    expect(await flush()).toHaveLength(1);
    expect(idsOf(await ask(what))).toEqual(before);
    expect([warned.length, await flush()]).toEqual([1, []]); // and it is not asked again at once
  });

  test('goes with an erased user, also one that comes late', async () => {
    const { ask, view, flush, fetch } = await startIsolate();
    await view('eve', 'i10', 'i11', 'i12');
    await ask('eve');
    const held = Promise.withResolvers<void>();
    model.says = async function* (request) {
      await held.promise;
      yield* byName(request);
    };
    const reranking = flush();
    await vi.waitFor(() => expect(model.calls).toHaveLength(1));
    await fetch('/v1/users/eve', { method: 'DELETE' });
    held.resolve();
    await reranking;
    expect((await fetch('/v1/users/eve')).status).toBe(404);
  });

  test('is made of so many items of the history and not one more, the newest', async () => {
    const { ask, view, flush } = await startIsolate();
    const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `i${from + at}`);
    await view('hal', ...rows(10, 10 + LIMITS.rerankedHistory));
    await ask('hal');
    await flush();
    const chosen = () => (JSON.parse(model.calls.at(-1)!.request.messages[1]!.content) as { chosen: readonly { title: string }[] }).chosen;
    expect(chosen()).toHaveLength(LIMITS.rerankedHistory);
    await view('hal', ...rows(30, 33));
    await ask('hal');
    await flush();
    expect(chosen()).toHaveLength(LIMITS.rerankedHistory);
    expect(chosen()[0]!.title).toMatch(/ 13$/);
  });

  test('of a visitor is the user’s after a merge, where it knows more than the user’s own', async () => {
    const { ask, view, flush, exported, services, clock } = await startIsolate();
    await view('visitor', 'i10', 'i11', 'i12');
    await ask('visitor');
    await flush();
    await services.sessions.merge('visitor', 'fay', clock.nowMs);
    expect((await exported('fay')).reranking).toMatchObject({ strength: 1 });
    expect((await services.sessions.read('visitor')).reranking).toBeUndefined();
    const held = await startIsolate();
    await held.view('gus', 'i20', 'i21', 'i22');
    await held.view('other', 'i13', 'i14', 'i15', 'i16');
    for (const user of ['gus', 'other']) await held.ask(user);
    await held.flush();
    const theirs = (await services.sessions.read('other')).reranking;
    await services.sessions.merge('gus', 'other', held.clock.nowMs);
    expect((await services.sessions.read('other')).reranking).toEqual(theirs);
  });
});
