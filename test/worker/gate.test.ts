import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { LIMITS } from '../../src/domain/limits.ts';
import { durableGates } from '../../src/llm/durable-gates.ts';

const NOON_MS = Date.parse('2026-11-24T12:00:00Z');
const ask = (lease: string, tokens = 10) => ({ lease, endpoint: 'e', tokens, urgency: 'waiting' as const });

test('a gate knows what it let through, and remembers when it was out of memory', async () => {
  const gates = durableGates(env.LLM_GATES);
  for (let at = 0; at < LIMITS.llmConcurrency; at++) expect(await gates.admit('eu', ask(`${at}`), NOON_MS)).toBeUndefined();
  await evictDurableObject(env.LLM_GATES.getByName('eu'));
  expect(await gates.admit('eu', ask('x'), NOON_MS)).toBe('busy');
  expect(await gates.admit('us', ask('x'), NOON_MS)).toBeUndefined();
  await gates.settle('eu', '0', { tokens: 10, result: 'ok' }, NOON_MS);
  expect(await gates.peek('eu', ask('x'), NOON_MS)).toBeUndefined();
  expect(await gates.peek('eu', ask('x'), NOON_MS)).toBeUndefined(); // to look is not to enter
});

test('without a var a region has the default budget of a day', async () => {
  const gates = durableGates(env.LLM_GATES);
  expect(await gates.peek('asia', ask('x', LIMITS.llmDailyTokens), NOON_MS)).toBeUndefined();
  expect(await gates.peek('asia', ask('x', LIMITS.llmDailyTokens + 1), NOON_MS)).toBe('budget');
});
