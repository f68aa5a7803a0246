import { stat } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { livePointer } from '../catalog/activate.ts';
import { loadManifest, loadSnapshot } from '../catalog/load.ts';
import { readDataset } from '../dataset/read.ts';
import { publishLine } from '../domain/command.ts';
import { shadow } from '../evaluation/shadow.ts';
import type { ModelManifest } from '../model/manifest.ts';
import { Serving } from '../recommend/serving.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { loadEngine, openServing } from '../training/open-serving.ts';
import { withTrainingLog } from './fetch-log.ts';
import type { KvTarget } from './kv.ts';
import { parsePositive } from './options.ts';
import { JSON_OPTION, printResult } from './output.ts';
import { startProgress } from './progress.ts';
import { withService, type ServiceTarget } from './service.ts';
import { describeShadow, writeShadow } from './shadow-report.ts';
import { withTenantStore } from './store-options.ts';
import { loadVersion, storageOf } from './stored-snapshots.ts';

interface Options extends KvTarget, ServiceTarget {
  candidate: string;
  data?: string;
  since?: number;
  histories: number;
  json: boolean;
}

const HISTORIES = 1_000;

export function shadowCommand(): Command {
  const command = withService(
    new Command('shadow')
      .description('ask a version that is not live, or a model, what the live version is asked, and tell how they differ')
      .requiredOption('--candidate <folder or version>', 'what `train` wrote, or what `publish --shadow` published')
      .option('--data <path>', 'interactions to ask with; without it the training log of the service (--url, --key)')
      .addOption(
        new Option('--since <time>', 'neither has learnt from what came after it; by default what both say of their data').argParser(
          parseTime,
        ),
      )
      .option('--histories <number>', 'at most so many, the newest', parsePositive, HISTORIES),
  );
  return withTenantStore(command)
    .option(...JSON_OPTION, false)
    .action(runShadow);
}

async function runShadow({ candidate: named, data, url, key, since, histories, json, ...target }: Options): Promise<void> {
  const storage = storageOf(target);
  const [live, candidate] = [await openLive(target), await openCandidate(named, target)];
  const compare = async (path: string) => {
    const { dataset } = await readDataset(path);
    const progress = startProgress('asking both', 'histories', { silent: json });
    const sinceMs = since ?? latest(live.learntMs, candidate.learntMs);
    const onCase = (done: number, total: number) => progress.update(done, total);
    const options = { sinceMs, historiesMax: histories, nowMs: Date.now(), onCase };
    return shadow(live.serving, candidate.serving, dataset, options).finally(() => progress.stop());
  };
  const report =
    data === undefined ? await withTrainingLog({ url, ...(key === undefined ? {} : { key }) }, undefined, compare) : await compare(data);
  if (candidate.isPublished) await writeShadow(report, storage);
  printResult(report, json, () => describeShadow(report));
}

/** A version that can be asked, and until when it has learnt; undefined if it does not say. */
interface Opened {
  readonly serving: Serving;
  readonly learntMs: number | undefined;
  readonly isPublished: boolean;
}

async function openLive(target: KvTarget): Promise<Opened> {
  const storage = storageOf(target);
  const pointer = await livePointer(storage);
  if (!pointer) throw new Error(`no version is live: \`${publishLine(target)}\` makes the demo's live`);
  const { createdAt } = await loadManifest(storage, pointer);
  const snapshot = await loadSnapshot(storage, pointer);
  const serving = new Serving(snapshot, await loadEngine());
  await serving.startEncoder(0);
  // What does not say until when it has learnt has learnt nothing after it was made.
  return { serving, learntMs: newestOf(snapshot.model) ?? Date.parse(createdAt), isPublished: true };
}

async function openCandidate(named: string, target: KvTarget): Promise<Opened> {
  if (await isFolder(named)) {
    const artefacts = await readArtefacts(named);
    return { serving: await openServing(artefacts), learntMs: newestOf(artefacts.model), isPublished: false };
  }
  const snapshot = await loadVersion(named, target);
  const serving = new Serving(snapshot, await loadEngine());
  await serving.startEncoder(0);
  return { serving, learntMs: newestOf(snapshot.model), isPublished: true };
}

function newestOf({ data: { newestAt } }: ModelManifest): number | undefined {
  return newestAt === undefined ? undefined : Date.parse(newestAt);
}

const latest = (a: number | undefined, b: number | undefined) => (a === undefined || b === undefined ? undefined : Math.max(a, b));

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

function parseTime(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It is a time such as 2026-11-24T09:30:00Z.');
  return ms;
}
