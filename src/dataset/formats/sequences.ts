import type { DatasetBuilder } from '../builder.ts';
import type { ReadContext } from '../context.ts';
import { DatasetError, LineFault } from '../errors.ts';
import { parseId, parseNumber, parseText } from '../fields.ts';
import { readLines } from '../lines.ts';
import type { Source } from '../source.ts';
import { readTable } from '../table.ts';

/** What the items of the sequences are, as IDGenRec (Tan et al., 2024) publishes it beside them. */
export const ITEM_TEXT_FILE = 'item_text.tsv';
const ITEM_TEXT_COLUMNS = { id: 'item_id', title: 'textual_id_phrase', categories: 'categories_brand' };
/** What stands for a brand that nobody knows. */
const UNKNOWN = 'Unknown';

/** How a file of sequences begins, and one with the gaps between the times. */
export const SEQUENCE = /^\d+( \d+)+$/;
export const GAPPED_SEQUENCE = /^\d+( \d+)+\t\d+( \d+)*$/;

/**
 * Reads a line a user, `user item item …`, oldest first, as S3-Rec (Zhou et al., 2020) has them. A line may go on with a
 * tab and, for each item, the seconds since the one before: then times count from 0 for every user, so that they compare
 * within a user only, and several items at one time (the same day) are ties. A table beside them may say what the items are.
 */
export async function readSequences(source: Source, builder: DatasetBuilder, context: ReadContext): Promise<void> {
  if (source.items !== undefined) await readItemText(source.items, builder, context);
  await readLines(source.interactions, context, (text) => {
    const [sequence = '', gaps, ...others] = text.split('\t');
    if (others.length > 0) throw new LineFault('has more than one tab');
    const [user, ...items] = words(sequence).map((word, place) => parseId(word, place === 0 ? 'user' : 'item'));
    if (user === undefined || items.length === 0) throw new LineFault('names no item');
    if (gaps !== undefined && builder.hasUser(user)) throw new LineFault(`user ${user} has a line already, with times of its own`);
    const timesMs = gaps === undefined ? undefined : sumsMs(words(gaps), items.length);
    for (const [k, item] of items.entries()) builder.addInteraction(user, item, 'interaction', timesMs?.[k] ?? NaN, NaN);
  });
}

async function readItemText(path: string, builder: DatasetBuilder, context: ReadContext): Promise<void> {
  await readTable(path, context, { quotes: false }, (names) => {
    const at = (name: string) => {
      if (!names.includes(name)) throw new DatasetError(`no column is ${name}: there are ${names.join(', ')}`);
      return names.indexOf(name);
    };
    const [id, title, categories] = [at(ITEM_TEXT_COLUMNS.id), at(ITEM_TEXT_COLUMNS.title), at(ITEM_TEXT_COLUMNS.categories)];
    return (row) => {
      const itemId = parseId(row[id], 'item');
      const named = (row[categories] ?? '').split('; ').filter((name) => name !== '' && name !== UNKNOWN);
      builder.addItem({ id: itemId, title: parseText(row[title], 'title', itemId), categories: named, attributes: {} });
    };
  });
}

function words(text: string): string[] {
  return text.trim().split(/ +/);
}

/** [items] milliseconds since the user's beginning. */
function sumsMs(gaps: readonly string[], items: number): number[] {
  if (gaps.length !== items) throw new LineFault(`has ${items} items and ${gaps.length} gaps`);
  let atMs = 0;
  return gaps.map((gap) => {
    const seconds = parseNumber(gap, 'gap');
    if (seconds < 0) throw new LineFault(`gap ${gap} is negative`);
    atMs += Math.round(seconds * 1000);
    return atMs;
  });
}
