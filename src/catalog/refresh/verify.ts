import { LIMITS } from '../../domain/limits.ts';
import { loadWholeSnapshot } from '../load.ts';
import type { SnapshotReference } from '../manifest.ts';
import { shareLost } from '../canaries.ts';
import type { Canaries } from './canaries.ts';
import { scanRecall } from './recall.ts';
import { RefreshRefused, type RefreshTools } from './tools.ts';

export interface Verification {
  readonly items: number;
  /** Share of the exact nearest items that the scan finds. */
  readonly recall: number;
  /** Share of what is recommended now that will not be. */
  readonly shift: number;
}

/**
 * Reads the new version as a reader does, every checksum and length of it, and holds it against bounds, `shiftMost` on what is recommended. Throws `RefreshRefused`
 * with what is wrong.
 */
export async function verifyVersion(
  reference: SnapshotReference,
  canaries: Canaries,
  shiftMost: number,
  tools: RefreshTools,
): Promise<Verification> {
  const snapshot = await loadWholeSnapshot(tools.storage, reference).catch((cause: Error) => {
    throw new RefreshRefused(cause.message, { cause });
  });
  const recall = scanRecall(snapshot.vectors, tools.openScanner(snapshot.vectors));
  if (recall < LIMITS.refreshRecall)
    throw new RefreshRefused(`the scan finds ${share(recall)} of the nearest items, at least ${share(LIMITS.refreshRecall)} are wanted`);
  const shift = shareLost(canaries.answers, await tools.recommendTo(canaries.histories, snapshot, canaries.atMs));
  if (shift > shiftMost) throw new RefreshRefused(`${share(shift)} of what is recommended would change, at most ${share(shiftMost)} may`);
  return { items: snapshot.items.length, recall, shift };
}

const share = (value: number) => `${(100 * value).toFixed(1)} %`;
