import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChatEvent } from '../../src/domain/chat.ts';
import { ModelUnavailable, type ToolCall, type TurnRequest } from '../../src/domain/language-model.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { expectFault, KEYS, startGate } from './gate.ts';
import { model } from './model.ts';
import { startService, type ErrorBody } from './service.ts';

/** Items `i0` to `i39`: mugs, bags and lights in turn, at 1 + n / 2. */
beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, makeShop(), Date.parse('2026-11-24T08:00:00Z'));
});

const call = (name: string, given: object = {}): ToolCall => ({ id: `c-${name}`, name, arguments: JSON.stringify(given) });
/** Takes these turns, one a request. */
function taking(...turns: (readonly (string | ToolCall)[])[]) {
  let turn = 0;
  return async function* (_request: TurnRequest) {
    yield* turns[turn++]!;
  };
}
/** What the last turn was told that its calls gave. */
const given = () => {
  const { content } = model.calls.at(-1)!.request.messages.at(-1)!;
  return JSON.parse(content) as { id: string; title: string; price: number }[];
};

let errors: string[];
let warnings: string[];
beforeEach(() => {
  model.reset(async function* () {});
  errors = [];
  warnings = [];
  vi.spyOn(console, 'error').mockImplementation((line: string) => void errors.push(line));
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void warnings.push(line));
});
afterEach(() => vi.restoreAllMocks());

const SAID = { messages: [{ role: 'user', content: 'a mug, please' }] };

function openChat(options: Parameters<typeof startService>[0] = { talking: true }) {
  const service = startService(options);
  const { app, context } = service;
  const caller = { role: 'server', tenant: 'default', key: null } as const;
  /** Not the `fetch` of the service, which waits for what is left to do: here that ends with the stream. */
  const post = async (body: object = SAID, init: RequestInit = {}) =>
    app.fetch(new Request('https://shop.test/v1/chat', { method: 'POST', body: JSON.stringify(body), ...init }), { caller }, context);
  return { ...service, post, talk: async (body?: object) => eventsOf(await post(body)) };
}

/** Every event of a stream, in order. */
async function eventsOf(response: Response) {
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const blocks = (await response.text()).trim().split('\n\n');
  return blocks.map((block) => {
    const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block)!;
    return { event, ...(JSON.parse(data!) as Partial<Extract<ChatEvent, { kind: 'done' }>>) };
  });
}

describe('POST /v1/chat', () => {
  test('searches as the recipe does, and streams an answer that cites what was found', async () => {
    model.turns = taking(
      [call('search', { query: 'mugs number 3 under 4' })],
      ['The MUGS NUMBER 3 [[i3]] may be for you. They are for tea [[i999]].'],
    );
    const events = await openChat().talk();
    expect(given().every(({ price }) => price <= 4)).toBe(true);
    expect(events).toMatchObject([
      { event: 'sentence', text: 'The MUGS NUMBER 3 may be for you.' },
      { event: 'done', text: 'The MUGS NUMBER 3 may be for you. They are for tea.', items: [{ id: 'i3' }], origin: 'llm' },
    ]);
    expect(events[1]!.items![0]).toMatchObject({ title: 'MUGS NUMBER 3', price: 2.5, reason: { kind: 'match' } });
    expect(model.calls.map(({ caller }) => caller.urgency)).toEqual(['waiting', 'waiting']);
  });

  test('recommends to the one who talks, within the filter', async () => {
    const chat = openChat();
    const body = { ...SAID, history: ['i3'], filter: 'category == "mugs"' };
    for (const turns of [[call('recommend')], [call('search', { query: 'number' })]]) {
      model.turns = taking(turns, ['It is for you.']);
      await chat.talk(body);
      expect(given().length).toBeGreaterThan(0);
      expect(given().length).toBeLessThanOrEqual(LIMITS.chatItems);
      expect(given().every(({ title }) => title.startsWith('MUGS'))).toBe(true);
    }
  });

  test('answers in the language that is asked for', async () => {
    model.turns = taking(['Das passt gut zu dem, was Sie suchen.']);
    expect(await openChat().talk({ ...SAID, locale: 'de-CH' })).toMatchObject([{ event: 'done', origin: 'llm' }]);
    expect(model.calls[0]!.request.messages[0]!.content).toContain('Answer in German');
  });

  test('refuses what may not be shown, and tells us', async () => {
    model.turns = taking([call('recommend')], ['See evil.example for more. It is fine.']);
    const events = await openChat().talk();
    expect(events).toMatchObject([{ event: 'done', text: 'This is what I found.', origin: 'template', fallback: 'refused' }]);
    expect(events[0]!.items!.length).toBeGreaterThan(0);
    expect(warnings).toEqual([expect.stringMatching(/"event":"chat_refused","breach":"link"/)]);
  });

  test('says why where the language model does not answer', async () => {
    model.turns = async function* () {
      if (Date.now() > 0) throw new ModelUnavailable('budget', 'told to');
      yield '';
    };
    expect(await openChat().talk()).toMatchObject([{ event: 'done', items: [], origin: 'template', fallback: 'budget' }]);
  });

  test('ends when its time is over, and not a moment before', async () => {
    model.turns = async function* ({ signal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      signal.throwIfAborted();
      yield '';
    };
    const chat = openChat();
    await chat.store.open(0);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const response = await chat.post();
      let text: string | undefined;
      const reading = response.text().then((whole) => (text = whole));
      await vi.advanceTimersByTimeAsync(LIMITS.chatMs - 1);
      expect(text).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1);
      expect(await reading).toContain('"fallback":"failed"');
    } finally {
      vi.useRealTimers();
    }
  });

  test.each(['stops reading', 'hangs up'])('ends the call when the client %s', async (how) => {
    const aborted = Promise.withResolvers<unknown>();
    model.turns = async function* ({ signal }) {
      yield 'It is for you. ';
      const end = () => aborted.resolve(signal.reason);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
      await aborted.promise;
      signal.throwIfAborted();
    };
    const { post, left } = openChat();
    const client = new AbortController();
    const response = await post(SAID, { signal: client.signal });
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('It is for you.');
    if (how === 'hangs up') client.abort();
    else await reader.cancel();
    expect(String(await aborted.promise)).toContain('the client is gone');
    await Promise.all(left);
    expect(errors).toEqual([]);
  });

  test('is a clear refusal where no language model calls tools', async () => {
    const response = await openChat({ explaining: true }).post();
    const { error } = await response.json<ErrorBody>();
    expect([response.status, error.code]).toEqual([503, 'language_model_unavailable']);
    expect(error.message).toContain('"tools": true');
  });

  const messages = (count: number) => Array.from({ length: count }, () => SAID.messages[0]);
  test.each([
    ['no messages', {}, 'messages'],
    ['an empty list', { messages: [] }, 'messages'],
    ['too many', { messages: messages(LIMITS.chatMessages + 1) }, 'messages'],
    ['an answer at the end', { messages: [{ role: 'assistant', content: 'x' }] }, 'messages'],
    ['a system message', { messages: [{ role: 'system', content: 'x' }] }, 'messages[0].role'],
    ['an empty text', { messages: [{ role: 'user', content: '' }] }, 'messages[0].content'],
    ['too long a text', { messages: [{ role: 'user', content: 'x'.repeat(LIMITS.chatMessageChars + 1) }] }, 'messages[0].content'],
    ['a user and a history', { ...SAID, user: 'ann', history: [] }, 'history'],
    ['an unknown field', { ...SAID, model: 'x' }, 'model'],
  ])('refuses %s', async (_what, body, path) => {
    const { error } = await (await openChat().post(body)).json<ErrorBody>();
    expect([error.code, error.path]).toEqual(['invalid_request', path]);
    expect(model.calls).toEqual([]);
  });

  test('takes as many messages and as long ones as may be', async () => {
    model.turns = taking(['It is for you.'], ['It is for you.']);
    const chat = openChat();
    expect((await chat.post({ messages: messages(LIMITS.chatMessages) })).status).toBe(200);
    const longest = [{ role: 'user', content: 'x'.repeat(LIMITS.chatMessageChars) }];
    expect((await chat.post({ messages: longest })).status).toBe(200);
  });

  test('a bad filter is refused before anybody is asked', async () => {
    const { error } = await (await openChat().post({ ...SAID, filter: 'price <' })).json<ErrorBody>();
    expect([error.code, model.calls]).toEqual(['invalid_filter', []]);
  });
});

test('a page may talk for the user of its token only', async () => {
  const gate = startGate({ talking: true });
  model.turns = taking(['It is for you.'], ['It is for you.']);
  expect((await gate.post('/v1/chat', KEYS.public, SAID)).status).toBe(200);
  expect((await gate.post('/v1/chat', KEYS.public, { ...SAID, user: 'gil' }, await gate.tokenOf('gil'))).status).toBe(200);
  await expectFault(await gate.post('/v1/chat', KEYS.public, { ...SAID, user: 'gil' }), 403, 'forbidden', 'user');
  await expectFault(await gate.post('/v1/chat', undefined, SAID), 401, 'key_required');
});
