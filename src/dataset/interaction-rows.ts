import type { DatasetBuilder } from './builder.ts';
import { INTERACTION_ALIASES, matchColumns } from './columns.ts';
import type { ReadContext } from './context.ts';
import { DatasetError, LineFault } from './errors.ts';
import { parseId, parseText, parseTimeMs, parseValue } from './fields.ts';

/** Columns without a meaning that are remembered for the report. */
const IGNORED_KEPT = 100;

/**
 * Makes the reader of rows whose columns go by `names`; it throws `LineFault` for a row that is no interaction. Where a
 * row names no type it is `rating` if the value goes by that name, else `interaction`.
 */
export function interactionRows(
  names: readonly string[],
  builder: DatasetBuilder,
  context: ReadContext,
): (row: readonly unknown[]) => void {
  const { at, rest } = matchColumns(names, INTERACTION_ALIASES);
  const [user, item, time, type, value] = [at('user'), at('item'), at('time'), at('type'), at('value')];
  const usualType = names[value]?.toLowerCase() === 'rating' ? 'rating' : 'interaction';
  for (const column of rest) {
    if (context.ignoredColumns.size < IGNORED_KEPT) context.ignoredColumns.add(names[column] ?? '');
  }
  return (row) =>
    builder.addInteraction(
      parseId(row[user], 'user'),
      parseId(row[item], 'item'),
      parseText(row[type], 'type', usualType),
      parseTime(row[time]),
      parseValue(row[value]),
    );
}

/** Throws `DatasetError` if rows with these columns cannot be interactions. */
export function requireInteractionColumns(names: readonly string[]): void {
  const { at } = matchColumns(names, INTERACTION_ALIASES);
  for (const field of ['user', 'item'] as const) {
    if (at(field) === -1) {
      throw new DatasetError(`no column is the ${field} (as ${field}_id would be) among ${names.join(', ')}`);
    }
  }
}

function parseTime(value: unknown): number {
  if (value === undefined || value === null) return NaN;
  if (value === '') throw new LineFault('has no time');
  return parseTimeMs(value);
}
