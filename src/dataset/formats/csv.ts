import type { DatasetBuilder } from '../builder.ts';
import { CellTypes } from '../cell-types.ts';
import { ReadContext } from '../context.ts';
import { interactionRows, requireInteractionColumns } from '../interaction-rows.ts';
import { attributeColumns, itemRows, requireItemColumns } from '../item-rows.ts';
import type { Source } from '../source.ts';
import { readTable } from '../table.ts';

/** Reads tables with a header: `interactions.csv` and, if there is one, the catalogue in `items.csv`. */
export async function readCsv(source: Source, builder: DatasetBuilder, context: ReadContext): Promise<void> {
  if (source.items !== undefined) await readCsvItems(source.items, builder, context);
  await readTable(source.interactions, context, { quotes: true }, (names) => {
    requireInteractionColumns(names);
    return interactionRows(names, builder, context);
  });
}

/** Goes through the catalogue twice: whether a column of attributes holds numbers is only known at its end. */
async function readCsvItems(path: string, builder: DatasetBuilder, context: ReadContext): Promise<void> {
  const types = new CellTypes();
  await readTable(path, new ReadContext(1, () => undefined), { quotes: true }, (names) => {
    requireItemColumns(names);
    const columns = attributeColumns(names);
    return (row) => columns.forEach((column) => types.see(column, row[column] ?? ''));
  });
  await readTable(path, context, { quotes: true }, (names) => {
    const readItem = itemRows(names);
    return (row) => builder.addItem(readItem(row.map((cell, column) => types.read(column, cell))));
  });
}
