import type { Refreshes } from './refreshes.ts';

export interface RefreshStarter {
  readonly refreshes: Refreshes;
  /** Runs the refresh of this id to its end, whatever becomes of this isolate. */
  readonly run: (id: string) => Promise<unknown>;
}

/** Begins a refresh. Throws `refresh_running` while another runs. */
export async function startRefresh(id: string, { refreshes, run }: RefreshStarter, nowMs: number): Promise<void> {
  await refreshes.begin(id, nowMs);
  try {
    await run(id);
  } catch (cause) {
    await refreshes.finish(id, { outcome: 'failed', reason: `it could not be started: ${String(cause)}` }, nowMs);
    throw cause;
  }
}
