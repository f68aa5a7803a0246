import type { DatasetBuilder } from '../builder.ts';
import type { ReadContext } from '../context.ts';
import { LineFault } from '../errors.ts';
import { interactionRows } from '../interaction-rows.ts';
import { itemRows } from '../item-rows.ts';
import { readLines } from '../lines.ts';
import type { Source } from '../source.ts';

/** Sets of keys whose reader is remembered; a file has few, and one that has not shall not fill the memory. */
const LAYOUTS_KEPT = 1000;

/** Reads a JSON object a line: `interactions.ndjson` and, if there is one, the catalogue in `items.ndjson`. */
export async function readNdjson(source: Source, builder: DatasetBuilder, context: ReadContext): Promise<void> {
  if (source.items !== undefined) {
    const readItem = byLayout(itemRows);
    await readLines(source.items, context, (text) => builder.addItem(readItem(parseObject(text))));
  }
  const readInteraction = byLayout((names) => interactionRows(names, builder, context));
  await readLines(source.interactions, context, (text) => readInteraction(parseObject(text)));
}

/** Reads objects as rows of a table whose columns are the keys, with one reader for all objects of the same keys. */
function byLayout<Result>(open: (names: readonly string[]) => (row: readonly unknown[]) => Result): (object: object) => Result {
  const readers = new Map<string, (row: readonly unknown[]) => Result>();
  return (object) => {
    const names = Object.keys(object);
    const layout = names.join('\0');
    let read = readers.get(layout);
    if (read === undefined) {
      read = open(names);
      if (readers.size < LAYOUTS_KEPT) readers.set(layout, read);
    }
    return read(Object.values(object));
  };
}

function parseObject(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LineFault('is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new LineFault('is not a JSON object');
  return value;
}
