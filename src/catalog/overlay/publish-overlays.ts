import type { SnapshotStore } from '../store.ts';
import type { OverlayPublisher } from './overlay-publisher.ts';

interface Published {
  readonly store: Pick<SnapshotStore<never>, 'open'>;
  readonly overlay: Pick<OverlayPublisher, 'isDue' | 'publish'>;
}

/** Publishes what the overlays of these tenants lack, one after another. A tenant whose overlay lacks nothing is not even loaded. */
export async function publishOverlays(tenants: readonly string[], of: (tenant: string) => Published, nowMs: number): Promise<void> {
  for (const tenant of tenants) {
    const { store, overlay } = of(tenant);
    try {
      if (!(await overlay.isDue())) continue;
      await store.open(nowMs); // new items are placed among those that are served
      await overlay.publish();
    } catch (cause) {
      console.error(JSON.stringify({ event: 'overlay_unpublished', tenant, error: String(cause) })); // the others have theirs
    }
  }
}
