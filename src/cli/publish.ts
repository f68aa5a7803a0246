import { Command } from 'commander';
import { buildSnapshot, type BuiltSnapshot } from '../catalog/build.ts';
import { encodeJson, parsePointer, type SnapshotPointer } from '../catalog/manifest.ts';
import { POINTER_KEY } from '../catalog/storage.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { get, putAll, type KvTarget } from './kv.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';
import { startProgress } from './progress.ts';

interface PublishOptions {
  model: string;
  local: boolean;
  persistTo?: string;
  json: boolean;
}

export function publishCommand(): Command {
  return new Command('publish')
    .description('write a model as a new version of the snapshot in KV, then make it the live one')
    .requiredOption('--model <folder>', 'what `train` wrote')
    .option('--local', 'into the store of `wrangler dev` on this machine instead of the account (which needs `wrangler login`)', false)
    .option('--persist-to <folder>', 'where the local store is kept, as for `wrangler dev`')
    .option(...JSON_OPTION, false)
    .action(runPublish);
}

async function runPublish({ model, json, ...target }: PublishOptions): Promise<void> {
  const built = await buildSnapshot(await readArtefacts(model), Date.now());
  const progress = startProgress('publishing', 'steps', { silent: json });
  const pointer = await publish(built, target, (done, total) => progress.update(done, total)).finally(() => progress.stop());
  printResult({ ...pointer, shards: built.manifest.shards }, json, () => describe(built, pointer, target));
}

/** Writes every value of a version and only then moves the pointer: a reader sees the old version or the whole new one. */
export async function publish(
  built: BuiltSnapshot,
  target: KvTarget,
  onStep: (done: number, total: number) => void = () => undefined,
): Promise<SnapshotPointer> {
  const before = await currentPointer(target);
  onStep(1, 3);
  await putAll(built.entries, target);
  onStep(2, 3);
  const previous = before ? { version: before.version, manifestSha256: before.manifestSha256 } : null;
  const pointer = { ...built.reference, previous };
  await putAll([{ key: POINTER_KEY, value: encodeJson(pointer) }], target);
  onStep(3, 3);
  return pointer;
}

/** Which version is live, if any. */
export async function currentPointer(target: KvTarget): Promise<SnapshotPointer | undefined> {
  const value = await get(POINTER_KEY, target);
  return value && parsePointer(value);
}

function describe({ manifest }: BuiltSnapshot, { version, previous }: SnapshotPointer, { local }: KvTarget): string[] {
  const bytes = manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  return [
    `live ${local ? 'on this machine' : 'in the account'}: ${version}`,
    previous ? `before it: ${previous.version}` : 'before it: nothing',
    ...table(manifest.shards.map(({ part, index, bytes: size }) => [`  ${part}.${index}`, size, 'bytes'])),
    `${count(bytes)} bytes in ${manifest.shards.length} shards`,
  ];
}
