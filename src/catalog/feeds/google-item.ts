import { defined } from '../../domain/defined.ts';
import { LIMITS } from '../../domain/limits.ts';
import { toNumber } from './csv-item.ts';

/** What a product says, by the names of Google's specification without their prefix; some may be given more than once. */
export type GoogleFields = ReadonlyMap<string, readonly string[]>;

/** Fields that are kept as attributes under their own names. */
const ATTRIBUTES = ['color', 'size', 'material', 'pattern', 'gender', 'age_group', 'condition', 'item_group_id', 'gtin', 'mpn'];

/** Values of `availability` that can be ordered, and those that cannot. */
const AVAILABILITY = new Map([
  ['in_stock', true],
  ['preorder', true],
  ['backorder', true],
  ['out_of_stock', false],
]);

/**
 * A product of Google's data specification (support.google.com/merchants/answer/7052112) as an item. A `sale_price` counts if nothing bounds its time. What is
 * not as it should be is handed on for whoever reads the item to refuse.
 */
export function googleItem(fields: GoogleFields): unknown {
  const get = (name: string) => fields.get(name)?.[0];
  const onSale = fields.has('sale_price_effective_date') ? undefined : get('sale_price');
  const availability = get('availability')?.toLowerCase().replaceAll(' ', '_');
  return defined({
    id: get('id'),
    title: get('title')?.slice(0, LIMITS.titleChars),
    description: get('description')?.slice(0, LIMITS.descriptionChars),
    url: get('link'),
    image: get('image_link'),
    brand: get('brand'),
    ...priceOf(onSale ?? get('price')),
    available: availability === undefined ? undefined : (AVAILABILITY.get(availability) ?? availability),
    validTo: toTime(get('expiration_date')),
    categories: categoriesOf(fields.get('product_type') ?? fields.get('google_product_category') ?? []),
    attributes: Object.fromEntries(ATTRIBUTES.flatMap((name) => (fields.has(name) ? [[name, get(name)!]] : []))),
  });
}

/** Google's ISO 8601, `2016-07-11T11:07+0100`, as RFC 3339: with seconds, and a colon in the offset. */
function toTime(text: string | undefined): string | undefined {
  return text?.replace(/(T\d\d:\d\d)(?=Z|[+-])/, '$1:00').replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
}

/** `15.00 USD`, or `USD 15.00` as some write it. */
function priceOf(text: string | undefined): { readonly price?: number | string; readonly currency?: string } {
  if (text === undefined) return {};
  const currency = /[A-Z]{3}/.exec(text)?.[0];
  return defined({ price: toNumber(text.replace(currency ?? '', '').trim()), currency });
}

/** `Home > Kitchen > Mugs`, every step once; a bare number of Google's taxonomy says nothing to anybody. */
function categoriesOf(paths: readonly string[]): string[] {
  const steps = paths.flatMap((path) => path.split('>').map((step) => step.trim()));
  return [...new Set(steps.filter((step) => step !== '' && !/^\d+$/.test(step)))].slice(0, LIMITS.itemCategories);
}
