import { describe, expect, test } from 'vitest';
import { TrainingLogReader } from '../../../src/dataset/training-log.ts';

const at = '2026-11-24T12:00:00.000Z';
const line = (fields: object = {}) =>
  JSON.stringify({ id: 'e1', user: 'u1', item: 'i1', type: 'view', weight: 1, at, receivedAt: at, ...fields });
const merge = (visitor: string, user: string) => JSON.stringify({ type: 'merge', visitor, user, receivedAt: at });

/** What the lines of a log come to. */
function read(...lines: readonly string[]) {
  const reader = new TrainingLogReader();
  for (const one of lines) reader.learn(one);
  const interactions = lines.flatMap((one) => reader.read(one) ?? []).map((text) => JSON.parse(text) as { user: string; item: string });
  return { interactions, report: reader.report };
}

describe('a training log', () => {
  test('gives what speaks for its item', () => {
    const { interactions, report } = read(
      line({ value: 4 }),
      line({ id: 'e2', type: 'impression', weight: 0 }),
      line({ id: 'e3', weight: -2 }),
    );
    expect(interactions).toEqual([{ user: 'u1', item: 'i1', type: 'view', at, value: 4 }]);
    expect(report).toEqual({ lines: 3, repeated: 0, notFor: 2, visitors: 0 });
  });

  test('gives one line for every user and id', () => {
    const { interactions, report } = read(line(), line(), line({ user: 'u2' }), line({ id: 'e2' }), line({ item: 'i2' }));
    expect(interactions.map(({ user, item }) => [user, item])).toEqual([
      ['u1', 'i1'],
      ['u2', 'i1'],
      ['u1', 'i1'],
    ]);
    expect(report.repeated).toBe(2);
  });

  test('knows visitors as the users they turned out to be, before and after', () => {
    const lines = [
      line({ user: 'v1' }),
      merge('v1', 'u1'),
      merge('v1', 'u1'),
      line(),
      line({ user: 'v1', id: 'e2' }),
      line({ user: 'v2' }),
    ];
    const { interactions, report } = read(...lines);
    expect(interactions.map(({ user }) => user)).toEqual(['u1', 'u1', 'v2']);
    expect(report).toEqual({ lines: 6, repeated: 1, notFor: 0, visitors: 1 });
  });

  test('follows visitors of visitors, and ends where they go round', () => {
    expect(read(merge('v1', 'v2'), merge('v2', 'u1'), line({ user: 'v1' })).interactions).toMatchObject([{ user: 'u1' }]);
    expect(read(merge('v1', 'v2'), merge('v2', 'v1'), line({ user: 'v1' })).interactions).toHaveLength(1);
  });

  test('an interaction of a type called merge is one', () => {
    expect(read(line({ type: 'merge' })).interactions).toHaveLength(1);
  });
});
