import { Command } from 'commander';
import { buildSnapshot, type BuiltSnapshot } from '../catalog/build.ts';
import { encodeJson, parsePointer, type SnapshotPointer } from '../catalog/manifest.ts';
import { POINTER_KEY, SNAPSHOT_PREFIX } from '../catalog/storage.ts';
import { outdatedKeys } from '../catalog/versions.ts';
import { commandLine } from '../domain/command.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { checkModels } from '../training/check-models.ts';
import { loadEngine } from '../training/open-serving.ts';
import { withRecordedStart } from '../training/record-start.ts';
import { deleteAll, get, list, putAll, type KvTarget } from './kv.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';
import { startProgress } from './progress.ts';
import { withTenantStore } from './store-options.ts';

interface PublishOptions {
  model: string;
  shadow: boolean;
  local: boolean;
  persistTo?: string;
  tenant: string;
  json: boolean;
}

export function publishCommand(): Command {
  return withTenantStore(
    new Command('publish')
      .description('write a model as a new version of the snapshot in KV, then make it the live one')
      .requiredOption('--model <folder>', 'what `train` wrote')
      .option('--shadow', 'do not make it live: `shadow` compares it, `snapshots activate` makes it live', false),
  )
    .option(...JSON_OPTION, false)
    .action(runPublish);
}

async function runPublish({ model, shadow, json, ...target }: PublishOptions): Promise<void> {
  const artefacts = await readArtefacts(model);
  await checkModels(artefacts, await loadEngine());
  const built = await buildSnapshot(await withRecordedStart(artefacts), Date.now());
  if (shadow) {
    await putAll(built.entries, target);
    const { version, manifestSha256 } = built.reference;
    return printResult({ version, manifestSha256, shards: built.manifest.shards }, json, () => [
      `published, not live: ${version}`,
      `compare it: ${commandLine(`shadow --candidate ${version}`, target)}`,
    ]);
  }
  const before = await currentPointer(target);
  const progress = startProgress('publishing', 'steps', { silent: json });
  const pointer = await publish(built, before, target, (done, total) => progress.update(done, total)).finally(() => progress.stop());
  const { version, manifestSha256, previous } = pointer;
  printResult({ version, manifestSha256, previous, shards: built.manifest.shards }, json, () => describe(built, pointer, target));
}

/**
 * Writes every value of a version and only then moves the pointer, which is `before`: a reader sees the old version or the
 * whole new one. Then deletes versions older than the newest `LIMITS.versionsKept`, the live one and the one before it apart.
 */
export async function publish(
  built: BuiltSnapshot,
  before: SnapshotPointer | undefined,
  target: KvTarget,
  onStep: (done: number, total: number) => void = () => undefined,
): Promise<SnapshotPointer> {
  await putAll(built.entries, target);
  onStep(1, 3);
  const previous = before ? { version: before.version, manifestSha256: before.manifestSha256 } : null;
  const pointer = { ...built.reference, since: 0, previous };
  await putAll([{ key: POINTER_KEY, value: encodeJson(pointer) }], target);
  onStep(2, 3);
  await deleteAll(outdatedKeys(await list(SNAPSHOT_PREFIX, target), pointer), target);
  onStep(3, 3);
  return pointer;
}

/** Which version is live, if any. */
export async function currentPointer(target: KvTarget): Promise<SnapshotPointer | undefined> {
  const value = await get(POINTER_KEY, target);
  return value && parsePointer(value);
}

function describe({ manifest, shortened }: BuiltSnapshot, { version, previous }: SnapshotPointer, { local }: KvTarget): string[] {
  const bytes = manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  return [
    `live ${local ? 'on this machine' : 'in the account'}: ${version}`,
    previous ? `before it: ${previous.version}` : 'before it: nothing',
    ...table(manifest.shards.map(({ part, index, bytes: size }) => [`  ${part}.${index}`, size, 'bytes'])),
    ...shortened.map(
      ({ part, kept, of }) =>
        `${part}: the heaviest ${count(kept)} of ${count(of)} neighbours were kept, as an isolate has no room for more`,
    ),
    `${count(bytes)} bytes in ${manifest.shards.length} shards`,
  ];
}
