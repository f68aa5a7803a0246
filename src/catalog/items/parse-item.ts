import * as v from 'valibot';
import type { CatalogueItem } from '../../domain/catalogue-item.ts';
import { defined } from '../../domain/defined.ts';
import { isDotSegment, NO_DOT_SEGMENT } from '../../domain/dot-segment.ts';
import { LIMITS } from '../../domain/limits.ts';
import { isTime, parseTimeMs } from '../../domain/time.ts';

/** What is wrong with an item, and where: `price`, `tags[3]`. */
export interface Refusal {
  readonly path?: string;
  readonly message: string;
}

const text = (name: string, most: number) =>
  v.pipe(
    v.string(`${name} is text`),
    v.maxLength(most, `${name} has at most ${most} characters`),
    v.check((value) => value.isWellFormed(), `${name} is Unicode, without halves of characters`), // which UTF-8 has no bytes for
  );
const texts = (name: string, most: number) =>
  v.pipe(
    v.array(text(`an entry of ${name}`, LIMITS.itemNameChars), `${name} is a list of texts`),
    v.maxLength(most, `${name} has at most ${most} entries`),
  );
/** Pages put addresses into links: no scheme but these two, for `javascript:` would run there. */
const address = (name: string) => {
  const form = `${name} is an address with http or https, such as https://shop.example/mug`;
  return v.pipe(text(name, LIMITS.urlChars), v.url(form), v.regex(/^https?:/i, form));
};
const time = (name: string) => {
  const form = `${name} is a time as in RFC 3339, e.g. 2026-11-24T09:30:00Z, and of a day that there is`;
  return v.pipe(v.string(form), v.check(isTime, form));
};
const flag = (name: string) => v.boolean(`${name} is true or false`);

/** Names that stand beside the attributes in `CatalogueItem` and in what answers are computed from: an attribute of one would be ambiguous. */
const TAKEN = new Set(['tags', 'brand', 'currency', 'available', 'hidden', 'validFrom', 'validTo', 'markets']);

/** Names that valibot leaves out of every record without a word. */
const UNSAFE = ['__proto__', 'prototype', 'constructor'] as const;
const isSafe = (all: unknown) => typeof all !== 'object' || all === null || !UNSAFE.some((name) => Object.hasOwn(all, name));

const AttributeName = v.pipe(
  text('the name of an attribute', LIMITS.itemNameChars),
  v.check(
    (name) => !TAKEN.has(name),
    ({ input }) => `"${input}" is a field of the item, not an attribute`,
  ),
);
const AttributeValue = v.union(
  [text('an attribute', LIMITS.attributeChars), v.pipe(v.number(), v.finite()), v.boolean(), texts('an attribute', LIMITS.itemTags)],
  `an attribute is text of at most ${LIMITS.attributeChars} characters, a number, true, false or a list of at most ${LIMITS.itemTags} texts`,
);

const Fields = v.strictObject(
  {
    id: v.pipe(
      text('an id', LIMITS.idChars),
      v.regex(/^[^\p{Cc}]+$/u, 'an id has at least 1 character, and none that controls a terminal'),
      v.check((id) => !isDotSegment(id), NO_DOT_SEGMENT),
    ),
    title: v.pipe(text('a title', LIMITS.titleChars), v.regex(/\S/, 'a title has at least 1 character')),
    description: v.optional(text('a description', LIMITS.descriptionChars)),
    categories: v.optional(texts('categories', LIMITS.itemCategories), []),
    tags: v.optional(texts('tags', LIMITS.itemTags), []),
    brand: v.optional(text('a brand', LIMITS.itemNameChars)),
    price: v.optional(
      v.pipe(v.number('a price is a number'), v.finite('a price is a finite number'), v.minValue(0, 'a price is at least 0')),
    ),
    currency: v.optional(
      v.pipe(v.string('a currency is a code such as "EUR"'), v.regex(/^[A-Z]{3}$/, 'a currency is a code such as "EUR"')),
    ),
    image: v.optional(address('image')),
    url: v.optional(address('url')),
    available: v.optional(flag('available'), true),
    hidden: v.optional(flag('hidden'), false),
    validFrom: v.optional(time('validFrom')),
    validTo: v.optional(time('validTo')),
    markets: v.optional(texts('markets', LIMITS.itemTags)),
    createdAt: v.optional(time('createdAt')),
    attributes: v.optional(
      v.pipe(
        v.unknown(),
        v.check(isSafe, `no attribute is called ${UNSAFE.join(', ')}`),
        v.record(AttributeName, AttributeValue, 'attributes are an object of names and values'),
        v.check((all) => Object.keys(all).length <= LIMITS.itemAttributes, `an item has at most ${LIMITS.itemAttributes} attributes`),
      ),
      {},
    ),
  },
  ({ expected }) => (expected === 'never' ? 'there is no field of this name' : 'an item is an object with at least "id" and "title"'),
);

/** An item that ends before it begins would never be shown, and say nowhere why. */
const Sent = v.pipe(
  Fields,
  v.forward(
    v.check(
      ({ validFrom, validTo }) => !validFrom || !validTo || parseTimeMs(validFrom)! <= parseTimeMs(validTo)!,
      'validTo is not before validFrom',
    ),
    ['validTo'],
  ),
);

/** Reads one item from outside; what is wrong with it is returned, because the items beside it may be good. */
export function parseItem(value: unknown): CatalogueItem | { readonly refusal: Refusal } {
  const parsed = v.safeParse(Sent, Array.isArray(value) ? null : value, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const path = v.getDotPath(issue);
    return { refusal: { ...(path === null ? {} : { path }), message: issue.message } };
  }
  const item = defined(parsed.output);
  if (new TextEncoder().encode(JSON.stringify(item)).length > LIMITS.itemBytes)
    return { refusal: { message: `an item has at most ${LIMITS.itemBytes} bytes` } };
  return item;
}
