import { EdgewiseError } from '../domain/errors.ts';
import { messageOf } from './system-fault.ts';

/** The option every subcommand has. */
export const JSON_OPTION = ['--json', 'print one JSON object and nothing else'] as const;

/** Prints the result of a subcommand: one JSON object, or the lines that `describe` makes of it for people. */
export function printResult<Result extends object>(result: Result, json: boolean, describe: (result: Result) => readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${describe(result).join('\n')}\n`);
}

/** Prints why a subcommand failed to standard error and, with `json`, as `{error: {code?, message}}` to standard output. */
export function printFault(error: unknown, json: boolean): void {
  const message = messageOf(error);
  const code = error instanceof EdgewiseError ? error.code : undefined;
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  process.stderr.write(`edgewise: ${message}\n`);
}

/** Lines of a table with its columns aligned: numbers to the right, text to the left. */
export function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? count(cell) : cell)));
  const widths: number[] = [];
  for (const row of texts) row.forEach((text, column) => (widths[column] = Math.max(widths[column] ?? 0, text.length)));
  return texts.map((row, r) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return typeof rows[r]?.[column] === 'number' ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** 385991 as `385,991`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
