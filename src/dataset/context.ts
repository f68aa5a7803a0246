import { basename } from 'node:path';

import { LineLog } from './line-log.ts';

/** What one import keeps while its files are read. */
export class ReadContext {
  readonly logs: LineLog[] = [];
  /** Names of columns that hold nothing an interaction has a place for. */
  readonly ignoredColumns = new Set<string>();
  /** Share of the lines of each file that may be bad, 0 to 1. */
  readonly maxBadShare: number;
  /** Told how many more bytes of the source files, as stored, have been read. */
  readonly onBytes: (bytes: number) => void;

  constructor(maxBadShare: number, onBytes: (bytes: number) => void) {
    this.maxBadShare = maxBadShare;
    this.onBytes = onBytes;
  }

  openLog(path: string): LineLog {
    const log = new LineLog(basename(path));
    this.logs.push(log);
    return log;
  }
}
