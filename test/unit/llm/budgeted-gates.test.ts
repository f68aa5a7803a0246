import { expect, test } from 'vitest';
import { budgetedGates } from '../../../src/llm/budgeted-gates.ts';
import { memoryGates } from '../../../src/llm/memory-gates.ts';

const ask = (lease: string, tokens: number) => ({ lease, endpoint: 'e', tokens, urgency: 'waiting' as const });
const ended = (tokens: number) => ({ tokens, result: 'ok' as const });

test('calls cost the budget and not one token more, those under way at their most, whatever the day', async () => {
  const gates = budgetedGates(memoryGates({ concurrency: 3, dailyTokens: Infinity }), 100);
  expect(await gates.admit('r', ask('a', 60), 0)).toBeUndefined();
  expect(await gates.peek('r', ask('b', 41), 0)).toBe('budget');
  expect(await gates.admit('r', ask('b', 41), 0)).toBe('budget');
  expect(await gates.admit('r', ask('b', 40), 0)).toBeUndefined();
  expect(gates.spent()).toBe(0);
  await gates.settle('r', 'a', ended(10), 0);
  await gates.settle('r', 'b', ended(40), 0);
  expect(gates.spent()).toBe(50);
  const nextDayMs = 48 * 3_600_000;
  expect(await gates.admit('r', ask('c', 51), nextDayMs)).toBe('budget');
  expect(await gates.admit('r', ask('c', 50), nextDayMs)).toBeUndefined();
});

test('what the gate itself refuses reserves nothing', async () => {
  const gates = budgetedGates(memoryGates({ concurrency: 1, dailyTokens: Infinity }), 100);
  await gates.admit('r', ask('a', 10), 0);
  expect(await gates.admit('r', ask('b', 80), 0)).toBe('busy');
  await gates.settle('r', 'a', ended(10), 0);
  expect(await gates.admit('r', ask('c', 90), 0)).toBeUndefined();
});
