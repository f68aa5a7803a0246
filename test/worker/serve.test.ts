import { env } from 'cloudflare:workers';
import type { Context } from 'hono';
import { expect, test } from 'vitest';
import type { SnapshotStorage } from '../../src/catalog/storage.ts';
import { withServing } from '../../src/http/serve.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { CHECK_EVERY_MS, kvStorage, openMean, startService } from './service.ts';

test('what a request starts to load outlives a client that hangs up', async () => {
  await publishTo(env.SNAPSHOTS, makeShop(), 0);
  const answer = Promise.withResolvers<void>();
  const storage: SnapshotStorage = {
    read: async (key, cacheSeconds) => {
      await answer.promise;
      return kvStorage.read(key, cacheSeconds);
    },
  };
  const { services, context, left, store } = startService({ storage });
  void withServing({ executionCtx: context } as Context, services, async () => undefined);
  expect(left).toHaveLength(1);
  answer.resolve();
  await left[0];
  expect(store.current).toBeDefined();
});

test('a request never gets a version that was retired, whenever a newer one takes its place', async () => {
  for (let steps = 0; steps < 12; steps++) {
    await publishTo(env.SNAPSHOTS, makeShop(), 0);
    const opening = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    let models = 0;
    const openModel = async () => {
      // Behind the encoder and the ranker of the first version.
      if (models++ >= 2) {
        opening.resolve();
        await opened.promise;
      }
      return openMean();
    };
    const { services, store, clock, post, context } = startService({ openModel });
    await post({});
    const { version } = await publishTo(env.SNAPSHOTS, makeShop({ seed: 2, encoder: Uint8Array.of(3) }), 1_000);
    clock.nowMs += CHECK_EVERY_MS;
    const refreshing = store.refresh(clock.nowMs);
    await opening.promise;
    opened.resolve();
    for (let step = 0; step < steps; step++) await Promise.resolve();
    await withServing({ executionCtx: context } as Context, services, async (serving) => {
      await refreshing;
      expect(serving!.encoderReady).toBe(true);
    });
    expect(store.current!.snapshot.version).toBe(version);
  }
});
