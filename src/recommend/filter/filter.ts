/**
 * A condition on an item, as the request's `filter` states it:
 *
 *     price < 20 && category in ["mugs", "cups"] && !tag("adult")
 *
 * Operators, loosest first: `||`, `&&`, `!`; parentheses group. A test compares one field with literals: `field == 1`
 * (`!=`, `<`, `<=`, `>`, `>=`), `field in [1, 2]`, `tag("x")`, `category("x")`.
 *
 * Fields are `id`, `title`, `price`, `category` (the item's categories), `createdAt` (against an RFC 3339 time in quotes) and any
 * attribute by its name: letters of any script, digits, `_`, `.` and `-`, where a dot is part of the name and reaches into nothing.
 * `tag` stands for the attribute `tags`; `hidden` and `available` are what they are where an item does not say. The names here win over an
 * attribute of the same name, and so do those of an item's other fields, which are `UNFILTERED`.
 *
 * - A field that the item does not have makes every test of it false, `!=` included; so `!(brand == "OPI")` takes items
 *   without a brand and `brand != "OPI"` leaves them out.
 * - A list passes a test when any of its values does, and `!=` when none is equal; an empty list is a field that the item has.
 * - Nothing is converted: `size == 40` is false for `"40"`, `size != 40` true, `size < 50` false. Text is compared by UTF-16 unit, case and all.
 */
export type Filter =
  | { readonly kind: 'or'; readonly operands: readonly [Filter, Filter, ...Filter[]] }
  | { readonly kind: 'and'; readonly operands: readonly [Filter, Filter, ...Filter[]] }
  | { readonly kind: 'not'; readonly operand: Filter }
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Operator; readonly value: Literal }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly [Literal, ...Literal[]] };

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Numbers are finite and not -0. For `createdAt`: milliseconds since 1970 UTC, within the years 0 to 9999. */
export type Literal = string | number | boolean;

/** The fields whose type is known before any item is seen; every other name is an attribute. */
export const FIELD_TYPES: ReadonlyMap<string, 'string' | 'number' | 'time'> = new Map([
  ['id', 'string'],
  ['title', 'string'],
  ['price', 'number'],
  ['category', 'string'],
  ['createdAt', 'time'],
]);

const KEPT_TO = 'every answer keeps to it by itself';
const NOT_HELD = 'no answer is computed from it';

/** Fields of an item that no filter reads, each with what to do instead: taken for attributes that no item has, they would find nothing and not say why. */
export const UNFILTERED: ReadonlyMap<string, string> = new Map([
  ['categories', 'write category'],
  ['markets', `${KEPT_TO}: send the market of the user`],
  ['validFrom', KEPT_TO],
  ['validTo', KEPT_TO],
  ['description', NOT_HELD],
  ['image', NOT_HELD],
  ['url', NOT_HELD],
]);

/** What `name("x")` tests: the field that holds the list. */
export const LIST_FIELDS: ReadonlyMap<string, string> = new Map([
  ['tag', 'tags'],
  ['category', 'category'],
]);
