import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/domain/limits.ts';
import { pastOf } from '../../../src/session/past.ts';
import { askReranking, isRerankingDue, keepReranking, newestOf } from '../../../src/session/reranking.ts';
import { EMPTY_SESSION, reduceAll, without, type Session } from '../../../src/session/session.ts';
import { makeInteraction, NOON_MS } from '../../fixtures/interaction.ts';

const views = (from: number, to: number, type = 'view') =>
  Array.from({ length: to - from }, (_, at) =>
    makeInteraction({ id: `e${from + at}`, item: `i${from + at}`, type, atMs: NOON_MS - 1000 + from + at }),
  );
const after = (session: Session, from: number, to: number, type?: string) => reduceAll(session, views(from, to, type), NOON_MS).session;
const strengthOf = (session: Session) => pastOf(session).reranking?.strength;

const KNOWN = after(EMPTY_SESSION, 0, 10);
const RERANKING = { items: ['i8', 'i9'], knew: newestOf(KNOWN) };

describe('a reranking', () => {
  test('is due after so many interactions and not one fewer; what is merely shown does not count', () => {
    const few = after(EMPTY_SESSION, 0, LIMITS.rerankingEvery - 1);
    expect(isRerankingDue(after(few, 20, 40, 'impression'))).toBe(false);
    expect(askReranking(few)).toBeUndefined();
    const enough = after(few, 10, 11);
    const asked = askReranking(enough)!;
    expect([isRerankingDue(enough), isRerankingDue(asked), askReranking(asked)]).toEqual([true, false, undefined]);
    expect(isRerankingDue(after(asked, 50, 50 + LIMITS.rerankingEvery - 1))).toBe(false);
    expect(isRerankingDue(after(asked, 50, 50 + LIMITS.rerankingEvery))).toBe(true);
  });

  test('fades with each new interaction, and after so many counts no more', () => {
    const kept = keepReranking(KNOWN, RERANKING);
    expect(pastOf(kept).reranking).toEqual({ items: ['i8', 'i9'], strength: 1 });
    expect(strengthOf(after(kept, 20, 40, 'impression'))).toBe(1);
    for (let more = 1; more < LIMITS.rerankingFades; more++)
      expect(strengthOf(after(kept, 20, 20 + more))).toBeCloseTo(1 - more / LIMITS.rerankingFades, 10);
    expect(strengthOf(after(kept, 20, 20 + LIMITS.rerankingFades))).toBeUndefined();
  });

  test('that comes late counts as much less as it knew less, and not at all where it is of another session', () => {
    expect(strengthOf(keepReranking(after(KNOWN, 20, 22), RERANKING))).toBe(1 - 2 / LIMITS.rerankingFades);
    expect(keepReranking(EMPTY_SESSION, RERANKING)).toBe(EMPTY_SESSION); // erased in the meantime
    const another = after(EMPTY_SESSION, 30, 33);
    expect(keepReranking(another, RERANKING)).toBe(another);
  });

  test('does not take the place of one that knew more', () => {
    const newer = { items: ['i1'], knew: newestOf(after(KNOWN, 20, 23)) };
    const kept = keepReranking(after(KNOWN, 20, 23), newer);
    expect(keepReranking(kept, RERANKING)).toBe(kept);
    expect(keepReranking(kept, { ...newer, items: ['i2'] }).reranking!.items).toEqual(['i2']);
  });

  test('leaves a session with what a user takes over', () => {
    const kept = keepReranking(askReranking(KNOWN)!, RERANKING);
    expect(without(kept, new Set())).toEqual({ done: KNOWN.done, shown: [] });
  });
});
