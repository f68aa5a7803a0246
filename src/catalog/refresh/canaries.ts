import { amendSnapshot } from '../amend/amend-snapshot.ts';
import { chooseHistories } from '../canaries.ts';
import { loadSnapshot } from '../load.ts';
import { readChanges } from './place-changes.ts';
import type { RefreshPlan, RefreshTools } from './tools.ts';

/** What some histories are recommended before a new version goes live. */
export interface Canaries {
  readonly histories: string[][];
  readonly answers: string[][];
}

/** Asks the live version, with the changes as readers already serve them. */
export async function askCanaries(pages: number, plan: RefreshPlan, tools: RefreshTools): Promise<Canaries> {
  const base = await loadSnapshot(tools.storage, plan.base);
  const histories = chooseHistories(base);
  return { histories, answers: await tools.recommendTo(histories, amendSnapshot(base, await readChanges(plan, pages, tools))) };
}
