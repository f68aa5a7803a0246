import type { WritableStorage } from './storage.ts';

/** KV takes no shorter time to keep a copy near the reader. */
const KV_CACHE_SECONDS_MIN = 30;

/** Workers KV as a store of snapshots; `prefix` is what all its keys begin with in KV. */
export function kvStorage(kv: KVNamespace, prefix: string): WritableStorage {
  return {
    read: (key, cacheSeconds) => kv.get(prefix + key, { type: 'arrayBuffer', cacheTtl: Math.max(cacheSeconds, KV_CACHE_SECONDS_MIN) }),
    write: (key, value) => kv.put(prefix + key, value),
    async delete(keys) {
      for (const key of keys) await kv.delete(prefix + key);
    },
    async list(wanted) {
      const names: string[] = [];
      for (let cursor: string | null = null; ;) {
        const page: KVNamespaceListResult<unknown> = await kv.list({ prefix: prefix + wanted, cursor });
        names.push(...page.keys.map(({ name }) => name.slice(prefix.length)));
        if (page.list_complete) return names;
        cursor = page.cursor;
      }
    },
  };
}
