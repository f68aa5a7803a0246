import type { DatasetBuilder } from '../builder.ts';
import type { ReadContext } from '../context.ts';
import { DatasetError, LineFault } from '../errors.ts';
import { parseId, parseNumber, parseText, parseTimeMs } from '../fields.ts';
import type { Source } from '../source.ts';
import { readTable } from '../table.ts';

const ITEM_COLUMNS = ['item_id', 'title', 'median_price_gbp', 'events'];
export const EVENT_COLUMNS = ['customer', 'minute_utc', 'item_ids_in_invoice'];

/**
 * Reads `data/online-retail`: a row of `events.tsv` is an invoice, and each item on it a `purchase` in that minute. The
 * `events` column of `items.tsv` stays out: it counts sales of the whole period, and so of the future.
 */
export async function readOnlineRetail(source: Source, builder: DatasetBuilder, context: ReadContext): Promise<void> {
  if (source.items !== undefined) {
    await readTable(source.items, context, { quotes: false }, (names) => {
      requireColumns(names, ITEM_COLUMNS);
      return ([item, title, price]) => {
        const id = parseId(item, 'item');
        builder.addItem({
          id,
          title: parseText(title, 'title', id),
          price: parseNumber(price, 'price'),
          categories: [],
          attributes: {},
        });
      };
    });
  }
  await readTable(source.interactions, context, { quotes: false }, (names) => {
    requireColumns(names, EVENT_COLUMNS);
    return ([customer, minute, itemIds = '']) => {
      const user = parseId(customer, 'customer');
      const atMs = parseTimeMs(`${minute}:00Z`);
      for (const item of idsIn(itemIds)) builder.addInteraction(user, item, 'purchase', atMs, NaN);
    };
  });
}

function requireColumns(names: readonly string[], wanted: readonly string[]): void {
  if (wanted.some((name, column) => names[column] !== name)) {
    throw new DatasetError(`the online-retail format has the columns ${wanted.join(', ')}, not ${names.join(', ')}`);
  }
}

/** All ids of an invoice, so that a bad one keeps the whole line out. */
function idsIn(text: string): string[] {
  const ids = text.split(' ');
  if (ids.includes('')) throw new LineFault('names no item where it should');
  return ids.map((id) => parseId(id, 'item'));
}
