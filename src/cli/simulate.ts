import { Command } from 'commander';
import { simulate, type SimulatedRound } from '../evaluation/simulate.ts';
import { openServedTrial } from './open-trial.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';
import { startProgress } from './progress.ts';

interface SimulateOptions {
  readonly data: string;
  readonly model: string;
  readonly json: boolean;
}

export function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'what feedback is worth within a session: held-out customers, page after page, with a shop that listens and one that does not',
    )
    .requiredOption('--data <path>', 'file or folder of the data set')
    .requiredOption('--model <folder>', 'what `train` wrote from that data')
    .option(...JSON_OPTION, false)
    .action(runSimulate);
}

async function runSimulate({ data, model: folder, json }: SimulateOptions): Promise<void> {
  const { dataset, split, serving } = await openServedTrial(data, folder);
  const progress = startProgress('simulating', 'sessions', { silent: json });
  const { users, rounds } = await simulate(dataset, split, serving, progress.update).finally(progress.stop);
  serving.retire();
  const result = { dataset: dataset.name, protocol: split.protocol, users, rounds };
  printResult(result, json, () => [
    `${dataset.name}, ${split.protocol}: ${count(users)} sessions of two new items or more; share of them shown after so many pages of ten`,
    ...table([['pages', 'with feedback', '95 %', 'without', '95 %', 'gain', '95 %', 'p'], ...rounds.map(cells)]),
  ]);
}

function cells({ round, withFeedback, without, interval, gain }: SimulatedRound): (string | number)[] {
  const range = (ends: readonly number[]) => ends.map((end) => end.toFixed(4)).join('–');
  return [
    round,
    withFeedback.toFixed(4),
    range(interval.withFeedback),
    without.toFixed(4),
    range(interval.without),
    gain.difference.toFixed(4),
    range(gain.interval),
    gain.p.toFixed(3),
  ];
}
