import { amendSnapshot } from '../amend/amend-snapshot.ts';
import { chooseHistories } from '../canaries.ts';
import { loadSnapshot } from '../load.ts';
import { readChanges } from './place-changes.ts';
import type { RefreshPlan, RefreshTools } from './tools.ts';

/** What some histories are recommended before a new version goes live. */
export interface Canaries {
  readonly histories: string[][];
  readonly answers: string[][];
  /** The time they were asked for: what may be shown depends on it. */
  readonly atMs: number;
}

/** Asks the live version, with the changes as readers already serve them. */
export async function askCanaries(pages: number, plan: RefreshPlan, tools: RefreshTools): Promise<Canaries> {
  const atMs = Date.parse(plan.createdAt);
  const { histories, answers } = await openServed(pages, plan, tools).then(({ chosen, served }) => ({
    histories: chosen,
    answers: tools.recommendTo(chosen, served, atMs),
  }));
  return { histories, answers: await answers, atMs };
}

/** Two versions are more than a step has room for: of the live one only what both have is held any longer. */
async function openServed(pages: number, plan: RefreshPlan, tools: RefreshTools) {
  const base = await loadSnapshot(tools.storage, plan.base);
  return { chosen: chooseHistories(base), served: amendSnapshot(base, await readChanges(plan, pages, tools)) };
}
