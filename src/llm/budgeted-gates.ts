import type { Gates } from './gates.ts';

/** Gates that let calls through only while all of them together, those under way at their most, cost no more than `tokens`; `spent` says what they cost so far. */
export function budgetedGates(gates: Gates, tokens: number): Gates & { readonly spent: () => number } {
  const reserved = new Map<string, number>();
  let spent = 0;
  const refuses = (wanted: number) => [...reserved.values()].reduce((sum, one) => sum + one, spent + wanted) > tokens;
  return {
    spent: () => spent,
    peek: async (region, ask, nowMs) => (refuses(ask.tokens) ? 'budget' : gates.peek(region, ask, nowMs)),
    async admit(region, ask, nowMs) {
      if (refuses(ask.tokens)) return 'budget';
      reserved.set(ask.lease, ask.tokens); // before any await: others ask as well
      const refusal = await gates.admit(region, ask, nowMs);
      if (refusal !== undefined) reserved.delete(ask.lease);
      return refusal;
    },
    async settle(region, lease, outcome, nowMs) {
      if (reserved.delete(lease)) spent += outcome.tokens;
      await gates.settle(region, lease, outcome, nowMs);
    },
  };
}
