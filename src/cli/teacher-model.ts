import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '../domain/limits.ts';
import { openLanguageModel } from '../llm/client.ts';
import { budgetedGates } from '../llm/budgeted-gates.ts';
import { memoryGates } from '../llm/memory-gates.ts';
import { estimateTokens } from '../llm/tokens.ts';
import type { Ask, Question } from '../training/teacher/questions.ts';

/** Where the key of an endpoint is looked for. */
export const KEY_VARIABLE = 'EDGEWISE_LLM_KEY';

export interface TeacherTarget {
  readonly endpoint: string;
  /** As the endpoint calls it. */
  readonly teacher: string;
  readonly concurrency: number;
  /** Tokens of all calls together. */
  readonly budget: number;
}

/** A language model at one endpoint, asked as the Worker asks, for as long as the budget lasts; `spent` says what it has cost. */
export function openTeacher({ endpoint, teacher, concurrency, budget }: TeacherTarget): {
  readonly ask: Ask;
  readonly spent: () => number;
} {
  const key = process.env[KEY_VARIABLE];
  const nearest = { name: 'teacher', region: 'teacher', continents: [], countries: [], colos: [], priority: 0, tools: false };
  const gates = budgetedGates(memoryGates({ concurrency, dailyTokens: Infinity }), budget); // a run's budget does not begin anew at midnight
  const model = openLanguageModel({
    endpoints: [{ ...nearest, url: endpoint, model: teacher, ...(key && { key }) }],
    gates,
    deadlines: { firstTextMs: LIMITS.llmCallMs, stallMs: LIMITS.llmCallMs, callMs: LIMITS.llmCallMs }, // nobody waits
    fetch,
    nowMs: () => Date.now(),
    random: () => Math.random(),
    newId: () => crypto.randomUUID(),
    sleep: (ms) => sleep(ms),
    record: () => undefined,
  });
  return { ask: (request) => model.ask(request, { place: {}, urgency: 'waiting' }), spent: gates.spent };
}

/** Tokens that a question may cost, rather too many. */
export function tokensOf({ request: { messages, tokensMax }, requests }: Question): number {
  return requests * (estimateTokens(...messages.map(({ content }) => content)) + tokensMax);
}
