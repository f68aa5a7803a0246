import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';

import { readBytes } from './bytes.ts';
import type { ReadContext } from './context.ts';
import { DatasetError, LineFault } from './errors.ts';

/** `utf8-or-latin1`: a line that is not UTF-8 is taken as Latin-1, as in the oldest MovieLens files. */
export type Encoding = 'utf8' | 'utf8-or-latin1';

/** The longest line taken in: more is a file without lines, not a long history. */
export const LINE_BYTES_MAX = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Reads a text file line by line, noting in `context` every line for which `visit` throws a `LineFault` and every line
 * that is not text in `encoding`. Blank lines are passed over. Throws `DatasetError` when too many lines are bad.
 */
export async function readLines(
  path: string,
  context: ReadContext,
  visit: (text: string) => void,
  encoding: Encoding = 'utf8',
): Promise<void> {
  const log = context.openLog(path);
  await scanLines(path, context.onBytes, encoding, (text, line) => {
    if (text?.trim() === '') return;
    log.attempt(line, () => {
      if (text === undefined) throw new LineFault('is not UTF-8');
      visit(text);
    });
  });
  log.refuseAbove(context.maxBadShare);
}

/** Gives every line to `visit`, without its line end and counted from 1; undefined is a line that is not in `encoding`. */
export async function scanLines(
  path: string,
  onBytes: (bytes: number) => void,
  encoding: Encoding,
  visit: (text: string | undefined, line: number) => void,
): Promise<void> {
  let line = 0;
  let unfinished: Buffer[] = [];
  let unfinishedBytes = 0;
  const visitBlock = (block: Buffer) => {
    for (const text of linesOf(block, encoding)) visit(text?.endsWith('\r') ? text.slice(0, -1) : text, ++line);
  };

  for await (const chunk of readBytes(path, onBytes)) {
    const begin = chunk.indexOf(NEWLINE);
    if (unfinishedBytes + (begin === -1 ? chunk.length : begin) > LINE_BYTES_MAX) {
      throw new DatasetError(`${basename(path)}:${line + 1}: a line of more than ${LINE_BYTES_MAX} bytes`);
    }
    const end = chunk.lastIndexOf(NEWLINE);
    if (end !== -1) {
      visitBlock(Buffer.concat([...unfinished, chunk.subarray(0, end)]));
      unfinished = [];
      unfinishedBytes = 0;
    }
    const rest = chunk.subarray(end + 1);
    unfinished.push(rest);
    unfinishedBytes += rest.length;
  }
  if (unfinishedBytes > 0) visitBlock(Buffer.concat(unfinished));
}

/** The first line of a file, or its beginning if that is long. */
export async function firstLine(path: string): Promise<string> {
  for await (const chunk of readBytes(path, () => undefined)) {
    const end = chunk.indexOf(NEWLINE);
    return chunk.toString('utf8', 0, end === -1 ? chunk.length : end).trimEnd();
  }
  return '';
}

/** A block is nearly always good UTF-8, and decoding it at once is several times as fast as line by line. */
function linesOf(block: Buffer, encoding: Encoding): (string | undefined)[] {
  if (isUtf8(block)) return block.toString('utf8').split('\n');
  const lines: (string | undefined)[] = [];
  for (let from = 0; from <= block.length;) {
    const newline = block.indexOf(NEWLINE, from);
    const end = newline === -1 ? block.length : newline;
    const bytes = block.subarray(from, end);
    if (isUtf8(bytes)) lines.push(bytes.toString('utf8'));
    else lines.push(encoding === 'utf8-or-latin1' ? bytes.toString('latin1') : undefined);
    from = end + 1;
  }
  return lines;
}
