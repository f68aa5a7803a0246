import type { Item } from '../../domain/item.ts';
import type { DatasetBuilder } from '../builder.ts';
import type { ReadContext } from '../context.ts';
import { LineFault } from '../errors.ts';
import { parseId, parseNumber, parseTimeMs } from '../fields.ts';
import { interactionRows, requireInteractionColumns } from '../interaction-rows.ts';
import { itemRows, requireItemColumns, splitCategories } from '../item-rows.ts';
import { firstLine, readLines } from '../lines.ts';
import type { Source } from '../source.ts';
import { readTable } from '../table.ts';

/** How the sets without headers begin: `ratings.dat` (1M, 10M) and `u.data` (100K). */
export const RATINGS_DAT = /^\d+::\d+::[\d.]+::\d+$/;
export const U_DATA = /^\d+\t\d+\t[\d.]+\t\d+$/;

/** What the flags that end a line of `u.item` stand for, in order. */
const U_ITEM_GENRES =
  "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|Drama|Fantasy|Film-Noir|Horror|Musical|Mystery|Romance|Sci-Fi|Thriller|War|Western".split(
    '|',
  );
const U_ITEM_FLAGS_FROM = 5;

/** The last bracket of a title holds the year or, of a series, the years. */
const YEAR = /\((\d{4})(?:[-–] *(?:\d{4})?)?\)\s*$/;

/** Reads any generation of MovieLens (Harper & Konstan, 2015): ratings, with genres as categories and `year` as an attribute. */
export async function readMovieLens(source: Source, builder: DatasetBuilder, context: ReadContext): Promise<void> {
  const first = await firstLine(source.interactions);
  if (RATINGS_DAT.test(first)) await readWithoutHeader(source, builder, context, { ratings: '::', movies: '::' });
  else if (U_DATA.test(first)) await readWithoutHeader(source, builder, context, { ratings: '\t', movies: '|' });
  else await readWithHeader(source, builder, context);
}

async function readWithHeader(source: Source, builder: DatasetBuilder, context: ReadContext): Promise<void> {
  if (source.items !== undefined) {
    await readTable(source.items, context, { quotes: true }, (names) => {
      requireItemColumns(names);
      const readItem = itemRows(names);
      return (row) => builder.addItem(movie(readItem(row)));
    });
  }
  await readTable(source.interactions, context, { quotes: true }, (names) => {
    requireInteractionColumns(names);
    return interactionRows(names, builder, context);
  });
}

async function readWithoutHeader(
  source: Source,
  builder: DatasetBuilder,
  context: ReadContext,
  separators: { ratings: string; movies: string },
): Promise<void> {
  if (source.items !== undefined) {
    const readItem = separators.movies === '|' ? uItem : moviesDat;
    await readLines(source.items, context, (text) => builder.addItem(movie(readItem(text.split(separators.movies)))), 'utf8-or-latin1');
  }
  await readLines(source.interactions, context, (text) => {
    const fields = text.split(separators.ratings);
    if (fields.length !== 4) throw new LineFault(`has ${fields.length} fields instead of 4`);
    const [user, item, rating, time] = fields;
    builder.addInteraction(parseId(user, 'user'), parseId(item, 'item'), 'rating', parseTimeMs(time), parseNumber(rating, 'rating'));
  });
}

function moviesDat(fields: readonly string[]): Item {
  if (fields.length !== 3) throw new LineFault(`has ${fields.length} fields instead of 3`);
  const [id, title = '', genres = ''] = fields;
  return { id: parseId(id, 'item'), title, categories: splitCategories(genres), attributes: {} };
}

function uItem(fields: readonly string[]): Item {
  const wanted = U_ITEM_FLAGS_FROM + U_ITEM_GENRES.length;
  if (fields.length !== wanted) throw new LineFault(`has ${fields.length} fields instead of ${wanted}`);
  const [id, title = ''] = fields;
  const categories = U_ITEM_GENRES.filter((_, genre) => fields[U_ITEM_FLAGS_FROM + genre] === '1');
  return { id: parseId(id, 'item'), title, categories, attributes: {} };
}

function movie(item: Item): Item {
  const year = YEAR.exec(item.title)?.[1];
  return {
    ...item,
    title: item.title === '' ? item.id : item.title,
    categories: item.categories.filter((genre) => genre !== '(no genres listed)'),
    attributes: year === undefined ? item.attributes : { ...item.attributes, year: Number(year) },
  };
}
