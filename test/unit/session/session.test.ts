import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Interaction } from '../../../src/domain/interaction.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { messagesOf } from '../../../src/session/messages.ts';
import { countTypes, pastOf, unfinishedOf } from '../../../src/session/past.ts';
import { EMPTY_SESSION, isEmpty, reduceAll, reduceSession, type Session } from '../../../src/session/session.ts';
import { makeInteraction, NOON_MS } from '../../fixtures/interaction.ts';

const HOUR_MS = 3_600_000;

/** Interactions on few items and at few times, so that they often meet. */
const interaction = fc
  .record({
    id: fc.nat(600).map((id) => `e${id}`),
    type: fc.constantFrom('view', 'click', 'purchase', 'skip', 'dislike', 'impression'),
    item: fc.nat(9).map((row) => `i${row}`),
    ageHours: fc.nat(24 * 95),
  })
  .map(({ ageHours, ...fields }) => makeInteraction({ ...fields, atMs: NOON_MS - ageHours * HOUR_MS }));

const interactions = fc.uniqueArray(interaction, { selector: ({ id }) => id, maxLength: 500, size: 'max' });

function reduceOneByOne(all: readonly Interaction[]): Session {
  return all.reduce((session, one) => reduceSession(session, one, NOON_MS), EMPTY_SESSION);
}

describe('a session', () => {
  test('is the same whatever the order in which interactions arrive, and however often', () => {
    const arrivals = interactions.chain((sent) =>
      fc.record({
        sent: fc.constant(sent),
        arrived: fc.tuple(fc.constant(sent), fc.subarray(sent)).chain(([once, again]) => {
          const all = [...once, ...again];
          return fc.shuffledSubarray(all, { minLength: all.length });
        }),
        cut: fc.nat(1000),
      }),
    );
    fc.assert(
      fc.property(arrivals, ({ sent, arrived, cut }) => {
        const expected = reduceOneByOne(sent);
        expect(reduceOneByOne(arrived)).toEqual(expected);
        const first = reduceAll(EMPTY_SESSION, arrived.slice(0, cut), NOON_MS);
        const second = reduceAll(first.session, arrived.slice(cut), NOON_MS);
        expect(second.session).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('tells what is new from what it knew', () => {
    const [a, b] = [makeInteraction({ id: 'a' }), makeInteraction({ id: 'b', type: 'impression' })];
    const { session, fresh } = reduceAll(EMPTY_SESSION, [a, b, a], NOON_MS);
    expect(fresh).toEqual([a, b]);
    expect(reduceAll(session, [b, a], NOON_MS)).toEqual({ session, fresh: [] });
    expect([isEmpty(EMPTY_SESSION), isEmpty(session)]).toEqual([true, false]);
  });

  test('keeps so many interactions and not one more, the newest', () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => makeInteraction({ id: `e${at}`, atMs: NOON_MS - at }));
    expect(reduceOneByOne(many(LIMITS.sessionInteractions)).done).toHaveLength(LIMITS.sessionInteractions);
    const { done } = reduceOneByOne(many(LIMITS.sessionInteractions + 1));
    expect(done).toHaveLength(LIMITS.sessionInteractions);
    expect(done[0]!.id).toBe(`e${LIMITS.sessionInteractions - 1}`);
  });

  test('does not let what was shown displace what was done', () => {
    const shown = Array.from({ length: 3 * LIMITS.sessionInteractions }, (_, at) => makeInteraction({ id: `s${at}`, type: 'impression' }));
    const session = reduceOneByOne([makeInteraction({ id: 'click', type: 'click' }), ...shown]);
    expect(session.done.map(({ id }) => id)).toEqual(['click']);
    expect(session.shown).toHaveLength(LIMITS.sessionInteractions);
  });

  test('lets go of what is too old, at the moment it is', () => {
    const old = makeInteraction({ id: 'old', atMs: NOON_MS - LIMITS.sessionTtlMs + 1 });
    const session = reduceSession(EMPTY_SESSION, old, NOON_MS);
    expect(session.done).toHaveLength(1);
    expect(reduceSession(session, makeInteraction({ id: 'new' }), NOON_MS + 1).done.map(({ id }) => id)).toEqual(['new']);
  });
});

describe('the past that recommendations read', () => {
  /** A session of `[type, item]` in this order. */
  const sessionOf = (...entries: readonly (readonly [type: string, item: string, value?: number])[]) =>
    reduceOneByOne(
      entries.map(([type, item, value], at) =>
        makeInteraction({ id: `e${at}`, type, item, atMs: NOON_MS + at, ...(value === undefined ? {} : { value }) }),
      ),
    );

  test.for(['view', 'click', 'play', 'complete', 'share', 'like', 'cart', 'purchase'])('%s speaks for an item', (type) => {
    expect(pastOf(sessionOf(['view', 'a'], [type, 'b']))).toEqual({ history: ['a', 'b'], rejected: [] });
  });

  test.for(['skip', 'dislike'])('%s takes an item out, until something speaks for it again', (type) => {
    expect(pastOf(sessionOf(['view', 'a'], ['view', 'b'], [type, 'a']))).toEqual({ history: ['b'], rejected: ['a'] });
    expect(pastOf(sessionOf(['view', 'a'], ['view', 'b'], [type, 'a'], ['like', 'a']))).toEqual({ history: ['b', 'a'], rejected: [] });
  });

  test('an impression says nothing', () => {
    expect(pastOf(sessionOf(['view', 'a'], ['impression', 'b']))).toEqual({ history: ['a'], rejected: [] });
  });

  test('a rating speaks by its value', () => {
    expect(pastOf(sessionOf(['rating', 'a', 3], ['rating', 'b', 2.9]))).toEqual({ history: ['a'], rejected: ['b'] });
  });

  test('types are counted', () => {
    expect(countTypes(sessionOf(['view', 'a'], ['impression', 'b'], ['view', 'c']))).toEqual({ view: 2, impression: 1 });
  });
});

describe('messages', () => {
  test('say which items came before, newest first, each once', () => {
    const entries = [
      ['view', 'a'],
      ['view', 'b'],
      ['dislike', 'c'],
      ['impression', 'd'],
      ['cart', 'a'],
      ['view', 'e'],
    ] as const;
    const all = entries.map(([type, item], at) => makeInteraction({ id: `e${at}`, type, item, atMs: NOON_MS + at }));
    const session = reduceOneByOne(all);
    const [message] = messagesOf('default', all, session);
    const after = message?.kind === 'interactions' ? message.interactions.map((interaction) => interaction.after) : [];
    expect(after).toEqual([[], ['a'], [], [], ['b'], ['a', 'b']]);
  });

  const BYTES_MAX = 128_000;

  test('hold every interaction once, and no more than the queue takes', () => {
    const worst = '\u0001'.repeat(LIMITS.idChars); // six bytes a character in JSON
    const names = Array.from({ length: LIMITS.messageInteractions + 1 }, (_, at) => worst.slice(at.toString().length) + at);
    const sent = names.map((id, at) =>
      makeInteraction({ id, user: worst, item: id, recommendationId: worst, type: 't'.repeat(LIMITS.typeChars), position: at }),
    );
    const session = reduceOneByOne(sent);
    expect(messagesOf('default', [], session)).toEqual([]);
    expect(messagesOf('default', sent.slice(1), session)).toHaveLength(1);
    const messages = messagesOf('default', sent, session);
    expect(messages).toHaveLength(2);
    const streamed = messages.flatMap((message) => (message.kind === 'interactions' ? message.interactions : []));
    expect(streamed).toEqual(sent.map((interaction, at) => ({ ...interaction, after: streamed[at]!.after })));
    expect(Math.max(...streamed.map(({ after }) => after.length))).toBe(LIMITS.itemsBefore);
    for (const message of messages) expect(new TextEncoder().encode(JSON.stringify(message)).length).toBeLessThan(BYTES_MAX);
  });
});

test('what was begun and not finished since is unfinished, the newest first', () => {
  const did = (...steps: [type: string, item: string][]) => unfinishedOf(steps.map(([type, item]) => ({ type, item })));
  expect(did(['play', 'a'], ['view', 'b'], ['play', 'c'])).toEqual(['c', 'a']);
  expect(did(['play', 'a'], ['complete', 'a'], ['complete', 'b'])).toEqual([]);
  expect(did(['play', 'a'], ['complete', 'a'], ['play', 'a'])).toEqual(['a']);
  expect(did(['play', 'a'], ['play', 'b'], ['play', 'a'])).toEqual(['a', 'b']);
  expect(unfinishedOf([{ item: 'a' }])).toEqual([]);
});
