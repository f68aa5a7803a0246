import { Command, Option } from 'commander';

import { MAX_BAD_SHARE, type ImportReport, readDataset } from '../dataset/read.ts';
import { FORMATS, type Format } from '../dataset/source.ts';
import { type DatasetSummary, summarize } from '../dataset/summary.ts';
import { writeDataset } from '../dataset/write.ts';
import type { LogReport } from '../dataset/training-log.ts';
import { openSource, withDataSource, type DataSource } from './data-source.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';
import { parseShare } from './options.ts';
import { startProgress } from './progress.ts';

interface ImportOptions extends DataSource {
  out: string;
  format: Format | 'auto';
  maxBadShare: number;
  json: boolean;
}

interface ImportResult extends DatasetSummary, ImportReport {
  /** Of the training log, if the data came from there. */
  readonly log?: LogReport;
  readonly written: readonly string[];
  readonly elapsedMs: number;
}

const BYTES_PER_MB = 1e6;

export function importCommand(): Command {
  return withDataSource(
    new Command('import').description(
      'read a data set, or the training log of a service, say what is in it and write it in the normal form',
    ),
  )
    .requiredOption('--out <folder>', 'where items.ndjson.gz and interactions.ndjson.gz go')
    .addOption(new Option('--format <format>', 'format of the data set').choices(['auto', ...FORMATS]).default('auto'))
    .option('--max-bad-share <share>', "share of a file's lines that may be bad, 0 to 1", parseShare, MAX_BAD_SHARE)
    .option(...JSON_OPTION, false)
    .action(runImport);
}

async function runImport(options: ImportOptions, command: Command): Promise<void> {
  await openSource(options, command, (path, log) => importData(path, options, log));
}

async function importData(data: string, { out, format, maxBadShare, json }: ImportOptions, log?: LogReport): Promise<void> {
  const startMs = performance.now();
  const reading = startProgress('reading', 'MB', { silent: json });
  const { dataset, report } = await readDataset(data, {
    format,
    maxBadShare,
    onProgress: (bytes, totalBytes) => reading.update(bytes / BYTES_PER_MB, totalBytes / BYTES_PER_MB),
  }).finally(() => reading.stop());

  const writing = startProgress('writing', 'interactions', { silent: json });
  const written = await writeDataset(dataset, out, (done, total) => writing.update(done, total)).finally(() => writing.stop());

  const elapsedMs = Math.round(performance.now() - startMs);
  printResult<ImportResult>({ ...summarize(dataset), ...report, ...(log ? { log } : {}), written, elapsedMs }, json, describe);
}

function describe(result: ImportResult): string[] {
  const types = Object.entries(result.types).map(([type, interactions]) => `${type} ${count(interactions)}`);
  const lines = table([
    ['users', result.users],
    ['items', result.items, result.bareItems > 0 ? `${count(result.bareItems)} of them not in the catalogue` : ''],
    ['interactions', result.interactions, types.join(', ')],
    ['ties', result.ties, 'have the user and the time of another'],
    ['lines', result.lines, result.files.join(', ')],
    ['bad lines', result.badLines, result.badLines > 0 ? 'left out' : ''],
  ]);
  lines.unshift(`${result.name} (${result.format})`);
  lines.push(...result.firstBadLines.map(({ file, line, fault }) => `  ${file}:${line}: ${fault}`));
  if (result.badLines > result.firstBadLines.length) lines.push(`  and ${count(result.badLines - result.firstBadLines.length)} more`);
  if (result.log) lines.push(describeLog(result.log));
  if (result.ignoredColumns.length > 0) lines.push(`columns without use: ${result.ignoredColumns.join(', ')}`);
  lines.push(result.from === null ? 'no times, only an order' : `from ${result.from} to ${result.to}`);
  lines.push(`hash ${result.hash}`, ...result.written.map((path) => `wrote ${path}`));
  return lines;
}

function describeLog({ lines, repeated, notFor, visitors }: LogReport): string {
  return (
    `${count(lines)} lines of the log: ${count(repeated)} repeated, ${count(notFor)} that say nothing for their item; ` +
    `${count(visitors)} visitors are users`
  );
}
