import type { WritableStorage } from './storage.ts';

/** KV takes no shorter time to keep a copy near the reader. */
const KV_CACHE_SECONDS_MIN = 30;

/** Workers KV as a store of snapshots. */
export function kvStorage(kv: KVNamespace): WritableStorage {
  return {
    read: (key, cacheSeconds) => kv.get(key, { type: 'arrayBuffer', cacheTtl: Math.max(cacheSeconds, KV_CACHE_SECONDS_MIN) }),
    write: (key, value) => kv.put(key, value),
    async delete(keys) {
      for (const key of keys) await kv.delete(key);
    },
    async list(prefix) {
      const names: string[] = [];
      for (let cursor: string | null = null; ;) {
        const page: KVNamespaceListResult<unknown> = await kv.list({ prefix, cursor });
        names.push(...page.keys.map(({ name }) => name));
        if (page.list_complete) return names;
        cursor = page.cursor;
      }
    },
  };
}
