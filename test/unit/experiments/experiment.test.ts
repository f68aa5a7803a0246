import { describe, expect, test } from 'vitest';
import { assign, type Experiment } from '../../../src/experiments/experiment.ts';

const users = Array.from({ length: 20_000 }, (_, at) => `user-${at}`);

function experiment(changes: Partial<Experiment<object>> = {}): Experiment<object> {
  const variants = [
    { name: 'control', share: 1, overrides: {} },
    { name: 'varied', share: 1, overrides: { diversity: 0.3 } },
  ];
  return { id: 'diverse', on: true, scenario: 'home', traffic: 1, variants, ...changes };
}

const variantOf = (user: string, of: Experiment<object>) => assign(user, 'home', [of])?.variant.name;
const shareOf = (name: string | undefined, of: Experiment<object>) =>
  users.filter((user) => variantOf(user, of) === name).length / users.length;

describe('assignment', () => {
  test('is the same every time and divides users by the shares', () => {
    const of = experiment({
      variants: [
        { name: 'control', share: 3, overrides: {} },
        { name: 'varied', share: 1, overrides: {} },
      ],
    });
    for (const user of users.slice(0, 100)) expect(variantOf(user, of)).toBe(variantOf(user, of));
    expect(shareOf('control', of)).toBeCloseTo(0.75, 1.5);
  });

  test('more traffic adds users and moves none', () => {
    const [few, many] = [experiment({ traffic: 0.1 }), experiment({ traffic: 0.5 })];
    const taking = users.filter((user) => variantOf(user, few));
    expect(taking.length / users.length).toBeCloseTo(0.1, 1.5);
    for (const user of taking) expect(variantOf(user, many)).toBe(variantOf(user, few));
    expect(shareOf(undefined, many)).toBeCloseTo(0.5, 1.5);
  });

  test('two experiments draw independently', () => {
    const [a, b] = [experiment(), experiment({ id: 'other' })];
    const together = users.filter((user) => variantOf(user, a) === 'varied' && variantOf(user, b) === 'varied').length;
    expect(together / users.length).toBeCloseTo(0.25, 1.5);
  });

  test('is nothing where it is off, has no traffic or is of another scenario', () => {
    for (const changes of [{ on: false }, { traffic: 0 }, { scenario: 'cart' }])
      expect(variantOf('u', experiment(changes))).toBeUndefined();
  });

  test('is of the first that has the user', () => {
    const found = assign('u', 'home', [experiment({ id: 'a', traffic: 0 }), experiment({ id: 'b' }), experiment({ id: 'c' })]);
    expect(found!.experiment).toBe('b');
  });
});
