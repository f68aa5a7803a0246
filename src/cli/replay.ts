import { Command, Option } from 'commander';
import { replay, type ReplayRow } from '../evaluation/replay.ts';
import { parsePositive } from './options.ts';
import { openServedTrial } from './open-trial.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';
import { startProgress } from './progress.ts';

const INTERACTIONS_MAX = 20_000;

interface ReplayOptions {
  readonly data: string;
  readonly model: string;
  readonly interactions: number;
  readonly json: boolean;
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('what real time is worth: replay held-out sessions with profiles that are fresh and with ones that lag behind')
    .requiredOption('--data <path>', 'file or folder of the data set')
    .requiredOption('--model <folder>', 'what `train` wrote from that data; with `train --protocol temporal` whole sessions are held out')
    .addOption(new Option('--interactions <n>', 'replay at most about this many').argParser(parsePositive).default(INTERACTIONS_MAX))
    .option(...JSON_OPTION, false)
    .action(runReplay);
}

async function runReplay({ data, model: folder, interactions: interactionsMax, json }: ReplayOptions): Promise<void> {
  const { dataset, split, ties, serving } = await openServedTrial(data, folder);
  const progress = startProgress('replaying', 'interactions', { silent: json });
  const { users, interactions, rows } = await replay(dataset, split, serving, { interactionsMax, onCase: progress.update }).finally(
    progress.stop,
  );
  serving.retire();
  const result = { dataset: dataset.name, protocol: split.protocol, ties, users, interactions, rows };
  printResult(result, json, () => [
    `${dataset.name}, ${split.protocol}, ties ${ties}: ${count(interactions)} held-out interactions of ${count(users)} users, items new to them`,
    ...table([['profile', 'Recall@10', '95 %', 'NDCG@10', '95 %', 'lost of NDCG@10', 'p'], ...rows.map((row) => cells(row, rows[0]!))]),
  ]);
}

function cells({ name, interval, freshIsBetterBy, ...row }: ReplayRow, fresh: ReplayRow): string[] {
  const figures = (['recall@10', 'ndcg@10'] as const).flatMap((figure) => [
    row[figure].toFixed(4),
    interval[figure].map((end) => end.toFixed(4)).join('–'),
  ]);
  if (!freshIsBetterBy) return [name, ...figures];
  const { difference, p } = freshIsBetterBy['ndcg@10'];
  return [name, ...figures, `${((100 * difference) / fresh['ndcg@10']).toFixed(1)} %`, p.toFixed(3)];
}
