import { describe, expect, test } from 'vitest';
import { converse } from '../../../src/chat/converse.ts';
import { takeCitations } from '../../../src/chat/citations.ts';
import type { Tools } from '../../../src/chat/tools.ts';
import type { ChatEvent } from '../../../src/domain/chat.ts';
import { EdgewiseError } from '../../../src/domain/errors.ts';
import { ModelUnavailable, type ChatMessage, type ToolCall, type TurnRequest } from '../../../src/domain/language-model.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { LOCALES } from '../../../src/domain/locale.ts';
import type { RecommendedItem } from '../../../src/domain/recommendation.ts';
import { findBlemish } from '../../../src/domain/plain.ts';
import { WORDINGS } from '../../../src/chat/wording.ts';
import { INJECTIONS } from '../../fixtures/injections.ts';
import { sayingModel } from '../explain/fixture.ts';

const item = (id: string, title: string, price = 2): RecommendedItem => ({
  id,
  title,
  price,
  score: 1,
  reason: { kind: 'match', text: 'Matches your words', because: [] },
});
const TEAPOT = item('22', 'RED TEAPOT');
const MUGS = item('7', 'SET OF 6 MUGS');
const search = (query: string, id = 'c1'): ToolCall => ({ id, name: 'search', arguments: JSON.stringify({ query }) });
const GOOD = 'The RED TEAPOT [[22]] is a fine gift for you. It goes with the tea that you like.';

type Turn = readonly (string | ToolCall)[];

/** Has a conversation in which the language model takes these turns. */
async function talk(turns: readonly Turn[], { tools = {}, locale = 'en', content = 'a gift for tea, please' }: Options = {}) {
  const asked: { messages: readonly ChatMessage[]; tools: number }[] = [];
  const breaches: string[] = [];
  let turn = 0;
  const model = {
    ...sayingModel(() => []),
    async *converse({ messages, tools: offered }: TurnRequest) {
      asked.push({ messages: [...messages], tools: offered.length });
      yield* turns[Math.min(turn++, turns.length - 1)]!;
    },
  };
  const all: Tools = { search: async () => [TEAPOT, MUGS], recommend: async () => [MUGS], ...tools };
  const events: ChatEvent[] = await Array.fromAsync(
    converse({ messages: [{ role: 'user', content }], locale }, all, {
      model,
      caller: { place: {}, urgency: 'waiting' },
      signal: new AbortController().signal,
      onBreach: (breach) => void breaches.push(breach),
    }),
  );
  return { events, done: events.at(-1) as Extract<ChatEvent, { kind: 'done' }>, asked, breaches };
}
interface Options {
  readonly tools?: Partial<Tools>;
  readonly locale?: (typeof LOCALES)[number];
  readonly content?: string;
}

describe('a conversation', () => {
  test('has items found, then says what it makes of them, with the items that it cites', async () => {
    const { events, asked } = await talk([[search('teapot')], GOOD.split('')]);
    const [first, second] = ['The RED TEAPOT is a fine gift for you.', ' It goes with the tea that you like.'];
    expect(events).toEqual([
      { kind: 'sentence', text: first },
      { kind: 'done', text: first + second, items: [TEAPOT], origin: 'llm' },
    ]);
    expect(asked.map(({ tools }) => tools)).toEqual([2, 2]);
    expect(asked[1]!.messages.slice(2)).toEqual([
      { role: 'assistant', content: '', calls: [search('teapot')] },
      { role: 'tool', call: 'c1', content: '[{"id":"22","title":"RED TEAPOT","price":2},{"id":"7","title":"SET OF 6 MUGS","price":2}]' },
    ]);
  });

  test('cites what it names by title, and no id that no tool gave', async () => {
    const { done } = await talk([[search('tea')], ['You may like the Set of 6 Mugs [[99]] and it is for tea [[22]].']]);
    expect(done).toMatchObject({ text: 'You may like the Set of 6 Mugs and it is for tea.', items: [TEAPOT, MUGS] });
  });

  test('names nothing that no tool gave', async () => {
    const { done, breaches } = await talk([[search('tea')], ['You may like the Alessi Kettle for your tea.']]);
    expect([done.origin, done.fallback, done.items, breaches]).toEqual(['template', 'refused', [TEAPOT, MUGS], ['name']]);
    expect((await talk([['You may like the Red Teapot for your tea.']])).done.fallback).toBe('refused');
  });

  test('may have tools called in so many turns, so many in each', async () => {
    const many = Array.from({ length: LIMITS.chatCalls + 1 }, (_, at) => search('tea', `c${at}`));
    let searches = 0;
    const tools = { search: async () => (searches++, [TEAPOT]) };
    const endless = await talk([many], { tools });
    expect(endless.asked.map(({ tools: offered }) => offered)).toEqual([...Array.from({ length: LIMITS.chatRounds }, () => 2), 0]);
    expect(searches).toBe(LIMITS.chatRounds * LIMITS.chatCalls);
    expect(endless.done).toMatchObject({ origin: 'template', fallback: 'failed', text: WORDINGS.en.found, items: [TEAPOT] });
    const just = await talk([...Array.from({ length: LIMITS.chatRounds }, () => many), [GOOD]], { tools });
    expect(just.done.origin).toBe('llm');
  });

  test('tells the language model what it asked for wrongly, and goes on', async () => {
    const wrong: ToolCall[] = [
      { id: 'a', name: 'delete_everything', arguments: '{}' },
      { id: 'b', name: 'search', arguments: '{"query": 5}' },
      { id: 'c', name: 'search', arguments: '{"query": ' },
    ];
    const refusing = async () => {
      throw new EdgewiseError('invalid_request', 'no');
    };
    const recommend: ToolCall = { id: 'r', name: 'recommend', arguments: '' };
    const nothing = await talk([[recommend], ['It is not for you.']], { tools: { recommend: refusing } });
    expect(nothing.done).toMatchObject({ origin: 'llm', items: [] });
    const turns = [wrong, [search('x'), recommend], ['The Set of 6 Mugs is for you.']];
    const { asked, done } = await talk(turns, { tools: { search: refusing } });
    const told = asked.at(-1)!.messages.flatMap((message) => (message.role === 'tool' ? message.content : []));
    expect(told.map((content) => content.includes('"error"'))).toEqual([true, true, true, true, false]);
    expect(done).toMatchObject({ origin: 'llm', items: [MUGS] });
  });

  test('puts so many items before the language model, and none whose title is an order, a link or markup', async () => {
    const items = Array.from({ length: LIMITS.chatItems + 1 }, (_, at) => item(`${at}`, `MUG ${at}`));
    const titles = async (found: readonly RecommendedItem[]) => {
      const { asked } = await talk([[search('mug')], [GOOD]], { tools: { search: async () => found } });
      const { content } = asked[1]!.messages.at(-1)!;
      return (JSON.parse(content) as { title: string }[]).map(({ title }) => title);
    };
    expect(await titles(items)).toHaveLength(LIMITS.chatItems);
    for (const title of INJECTIONS) expect(await titles([item('x', title), MUGS])).toEqual([MUGS.title]);
  });

  test('is as long as it may be and no longer', async () => {
    const long = (chars: number) => ['It goes with '.padEnd(chars - 1, 'the tea for you and with '), '.'];
    expect((await talk([long(LIMITS.chatChars)])).done.origin).toBe('llm');
    expect((await talk([long(LIMITS.chatChars + 1)])).done.fallback).toBe('refused');
  });

  test.each(['no-endpoint', 'busy', 'budget', 'failed'] as const)('says so where the language model is %s', async (absence) => {
    const model = {
      ...sayingModel(() => []),
      async *converse() {
        if (absence) throw new ModelUnavailable(absence, 'told to');
        yield '';
      },
    };
    const options = {
      model,
      caller: { place: {}, urgency: 'waiting' } as const,
      signal: new AbortController().signal,
      onBreach: () => undefined,
    };
    for (const locale of LOCALES) {
      const events = converse({ messages: [], locale }, { search: async () => [], recommend: async () => [] }, options);
      const text = WORDINGS[locale].nothing;
      expect(await Array.fromAsync(events)).toEqual([{ kind: 'done', text, items: [], origin: 'template', fallback: absence }]);
    }
  });

  test(`none of ${INJECTIONS.length} abusive strings reaches the client, whoever says it`, async () => {
    for (const text of INJECTIONS) {
      for (const turn of [[text], [`${GOOD} ${text}`], `${GOOD} ${text}. And more.`.split('')]) {
        const { events, done } = await talk([[search('tea')], turn], { content: text });
        if (takeCitations(text).text !== '')
          expect(done).toMatchObject({ origin: 'template', fallback: 'refused', text: WORDINGS.en.found });
        for (const event of events) expect([event.text.includes(text), findBlemish(event.text)]).toEqual([false, undefined]);
      }
    }
  });
});

test('citations are taken out of a text with the space before them', () => {
  expect(takeCitations('The pot [[22]], the mugs[[a b]] and [[22]].')).toEqual({ text: 'The pot, the mugs and.', ids: ['22', 'a b'] });
  expect(takeCitations(`x [[${'i'.repeat(128)}]]`).ids).toHaveLength(1);
  expect(takeCitations(`x [[${'i'.repeat(129)}]]`).ids).toEqual([]);
  expect(takeCitations('x [[[y]]').text).toBe('x [');
});
