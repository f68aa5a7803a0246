import { Command } from 'commander';
import { activateVersion, listVersions, livePointer } from '../catalog/activate.ts';
import { chooseHistories, shareLost } from '../catalog/canaries.ts';
import { describeVersion, type DescribedVersion } from '../catalog/describe-version.ts';
import { diffItems } from '../catalog/diff.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { publishLine } from '../domain/command.ts';
import type { ShadowReport } from '../evaluation/shadow.ts';
import { recommendTo } from '../recommend/recommend-to.ts';
import { loadEngine } from '../training/open-serving.ts';
import type { KvTarget } from './kv.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';
import { describeShadow, readShadow } from './shadow-report.ts';
import { withTenantStore } from './store-options.ts';
import { loadVersion, storageOf } from './stored-snapshots.ts';

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
  return withTenantStore(new Command(name).description(description)).option(...JSON_OPTION, false);
}

async function runList({ json, ...target }: Options): Promise<void> {
  const storage = storageOf(target);
  const live = await livePointer(storage);
  const versions: (DescribedVersion & { readonly shadow?: ShadowReport })[] = [];
  for (const manifest of await listVersions(storage)) {
    const shadow = await readShadow(manifest.version, storage);
    versions.push({ ...describeVersion(manifest), ...(shadow && { shadow }) });
  }
  const mark = (version: string) => (version === live?.version ? 'live' : version === live?.previous?.version ? 'before it' : '');
  printResult({ live: live?.version ?? null, previous: live?.previous?.version ?? null, versions }, json, () =>
    versions.length === 0
      ? [`no versions: \`${publishLine(target)}\` publishes the demo's`]
      : table(
          versions.map(({ version, items, upTo, shadow, fault }) => [
            version,
            items ?? 0,
            fault ?? `items, writes up to ${count(upTo)}`,
            mark(version),
            shadow ? `compared ${shadow.measuredAt}` : '',
          ]),
        ),
  );
}

async function runDiff(before: string, after: string, { json, ...target }: Options): Promise<void> {
  const [old, now] = [await loadVersion(before, target), await loadVersion(after, target)];
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
  const storage = storageOf(target);
  const { previous } = await activateVersion(version, storage);
  const shadow = await readShadow(version, storage);
  printResult({ live: version, previous: previous?.version ?? null, ...(shadow && { shadow }) }, json, () => [
    `live: ${version}`,
    ...(shadow ? describeShadow(shadow) : []),
    'Isolates serve it as soon as the overlay tells what it lacks: within a minute.',
  ]);
}

async function runRollback(options: Options): Promise<void> {
  const { json, ...target } = options;
  const live = await livePointer(storageOf(target));
  if (!live?.previous) throw new Error('there is no version before the live one');
  await runActivate(live.previous.version, { json, ...target });
}
