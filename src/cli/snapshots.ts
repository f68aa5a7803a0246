import { Command } from 'commander';
import { activateVersion, listVersions, livePointer } from '../catalog/activate.ts';
import { chooseHistories, shareLost } from '../catalog/canaries.ts';
import { diffItems } from '../catalog/diff.ts';
import { loadSnapshot } from '../catalog/load.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { manifestKey, type WritableStorage } from '../catalog/storage.ts';
import { DEFAULT_TENANT } from '../domain/tenant.ts';
import { sha256 } from '../kernel/sha256.ts';
import { parseManifest } from '../model/manifest.ts';
import { recommendTo } from '../recommend/recommend-to.ts';
import { loadEngine } from '../training/open-serving.ts';
import { deleteAll, get, list, putAll, type KvTarget } from './kv.ts';
import { parseTenant } from './options.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';

interface Options extends KvTarget {
  json: boolean;
}

export function snapshotsCommand(): Command {
  return new Command('snapshots')
    .description('list versions of the snapshot, compare two, make one live')
    .addCommand(subcommand('list', 'the versions there are').action(runList))
    .addCommand(
      subcommand('diff', 'what changed from one version to another')
        .argument('<before>', 'a version')
        .argument('<after>', 'a version')
        .action(runDiff),
    )
    .addCommand(subcommand('activate', 'make a version live').argument('<version>', 'a version').action(runActivate))
    .addCommand(subcommand('rollback', 'make the version before the live one live again').action(runRollback));
}

function subcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--local', 'in the store of `wrangler dev` on this machine instead of the account', false)
    .option('--persist-to <folder>', 'where the local store is kept, as for `wrangler dev`')
    .option('--tenant <name>', 'whose catalogue it is', parseTenant, DEFAULT_TENANT)
    .option(...JSON_OPTION, false);
}

async function runList({ json, ...target }: Options): Promise<void> {
  const storage = storageOf(target);
  const live = await livePointer(storage);
  const versions = (await listVersions(storage)).map(({ version, createdAt, upTo, model }) => ({
    version,
    createdAt,
    upTo,
    items: parseManifest(model).items,
  }));
  const mark = (version: string) => (version === live?.version ? 'live' : version === live?.previous?.version ? 'before it' : '');
  printResult({ live: live?.version ?? null, previous: live?.previous?.version ?? null, versions }, json, () =>
    table(versions.map(({ version, items, upTo }) => [version, items, `items, writes up to ${count(upTo)}`, mark(version)])),
  );
}

async function runDiff(before: string, after: string, { json, ...target }: Options): Promise<void> {
  const storage = storageOf(target);
  const [old, now] = [await load(before, storage), await load(after, storage)];
  const { openScanner } = await loadEngine();
  const histories = chooseHistories(old);
  const atMs = Date.now();
  const ask = (snapshot: Snapshot) => recommendTo(histories, snapshot, openScanner, atMs);
  const shift = shareLost(await ask(old), await ask(now));
  const items = diffItems(old.items, now.items);
  printResult({ before, after, items, shift }, json, () => [
    ...Object.entries(items).map(
      ([what, ids]) =>
        `${count(ids.length)} ${what}${ids.length > 0 ? `: ${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ', …' : ''}` : ''}`,
    ),
    `${(100 * shift).toFixed(1)} % of what ${histories.length} histories of popular items were recommended is not recommended any more`,
  ]);
}

async function runActivate(version: string, { json, ...target }: Options): Promise<void> {
  const { previous } = await activateVersion(version, storageOf(target));
  printResult({ live: version, previous: previous?.version ?? null }, json, () => [
    `live: ${version}`,
    'Isolates serve it as soon as the overlay tells what it lacks: within a minute.',
  ]);
}

async function runRollback(options: Options): Promise<void> {
  const { json, ...target } = options;
  const live = await livePointer(storageOf(target));
  if (!live?.previous) throw new Error('there is no version before the live one');
  await runActivate(live.previous.version, { json, ...target });
}

async function load(version: string, storage: WritableStorage) {
  const value = await storage.read(manifestKey(version), 0);
  if (!value) throw new Error(`there is no snapshot ${version}: \`edgewise snapshots list\` lists them`);
  return loadSnapshot(storage, { version, manifestSha256: await sha256(new Uint8Array(value)) });
}

/** KV through wrangler as a store. */
function storageOf(target: KvTarget): WritableStorage {
  return {
    read: async (key) => (await get(key, target))?.slice().buffer ?? null,
    write: (key, value) => putAll([{ key, value }], target),
    delete: (keys) => deleteAll(keys, target),
    list: (prefix) => list(prefix, target),
  };
}
