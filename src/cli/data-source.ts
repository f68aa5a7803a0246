import { Option, type Command } from 'commander';
import type { LogReport } from '../dataset/training-log.ts';
import { withTrainingLog } from './fetch-log.ts';
import { withService, type ServiceTarget } from './service.ts';

/** Where interactions come from: a file or folder, or the training log of a service. */
export interface DataSource extends ServiceTarget {
  readonly data?: string;
  readonly fromR2: boolean;
  readonly items?: string;
}

/** Adds the options that name a source. */
export function withDataSource(command: Command): Command {
  return withService(
    command
      .option('--data <path>', 'file or folder of the data set')
      .addOption(
        new Option('--from-r2', 'the training log and the catalogue that a service keeps (--url, --key) instead')
          .conflicts('data')
          .default(false),
      )
      .addOption(
        new Option(
          '--items <file>',
          "the catalogue of the log instead of the service's own, as `import` writes it: items.ndjson or items.ndjson.gz",
        ).conflicts('data'),
      ),
  );
}

/** Gives `use` the path of what was named; of a log also what was in it. */
export async function openSource(
  { data, fromR2, items, url, key }: DataSource,
  command: Command,
  use: (path: string, log?: LogReport) => Promise<void>,
): Promise<void> {
  if (fromR2) await withTrainingLog({ url, ...(key === undefined ? {} : { key }) }, items, use);
  else if (data !== undefined) await use(data);
  else command.error("error: required option '--data <path>' not specified, nor '--from-r2'");
}
