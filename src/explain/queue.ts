import type { Delivered } from '../flight/delivered.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { openBrief } from './brief.ts';
import type { Explanations, PrefetchMessage } from './explanations.ts';
import { parseReference } from './reference.ts';

/** Has explanations written that nobody waits for. What fails is dropped: whoever wants it will ask. */
export async function consumePrefetches(
  messages: readonly Delivered<PrefetchMessage>[],
  openTenant: (tenant: string) => Promise<{ readonly explanations: Explanations; readonly snapshot: Snapshot | undefined }>,
): Promise<void> {
  for (const message of messages) {
    const { tenant, ids, place } = message.body;
    const { explanations, snapshot } = await openTenant(tenant);
    for (const id of snapshot ? ids : []) {
      try {
        const brief = openBrief(parseReference(id), snapshot!);
        await Array.fromAsync(explanations.tell(brief, snapshot!, { place, urgency: 'prefetch' }));
      } catch (cause) {
        console.warn(JSON.stringify({ event: 'prefetch_dropped', id, error: String(cause) })); // of a version that is no more
      }
    }
    message.ack();
  }
}
