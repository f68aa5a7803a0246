import { LIMITS } from '../../domain/limits.ts';
import { sha256 } from '../../kernel/sha256.ts';
import { parseManifest } from '../../model/manifest.ts';
import { loadManifest } from '../load.ts';
import { encodeJson, parsePointer } from '../manifest.ts';
import { versionName } from '../shards.ts';
import { POINTER_KEY } from '../storage.ts';
import { RefreshRefused, type RefreshPlan, type RefreshTools } from './tools.ts';

/**
 * Which writes the live version lacks, as far as one refresh takes them in; null if there are none and there is nothing to learn: every item
 * is one that the model was trained on.
 */
export async function planRefresh({ storage, catalogue, nowMs }: RefreshTools): Promise<RefreshPlan | null> {
  const pointer = await storage.read(POINTER_KEY, 0);
  if (!pointer) throw new RefreshRefused('no snapshot has been published yet: a refresh begins with a model');
  const { version, manifestSha256, manifest } = parsePointer(new Uint8Array(pointer));
  const base = { version, manifestSha256, ...(manifest === undefined ? {} : { manifest }) };
  const { upTo: since, trained, lessons, model } = await loadManifest(storage, base);
  const upTo = await catalogue.boundary(since, LIMITS.refreshChanges);
  const knowsAll = trained === undefined || trained === parseManifest(model).items;
  if (upTo === since && knowsAll) return null;
  const createdMs = nowMs();
  const fingerprint = await sha256(encodeJson([version, upTo]));
  return {
    base,
    version: versionName(createdMs, fingerprint),
    createdAt: new Date(createdMs).toISOString(),
    since,
    upTo,
    ...(lessons === undefined ? {} : { lessons }),
  };
}
