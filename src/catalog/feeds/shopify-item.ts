import * as v from 'valibot';
import { defined } from '../../domain/defined.ts';
import { LIMITS } from '../../domain/limits.ts';
import { toNumber } from './csv-item.ts';

/** Of a product in a shop's `products.json`, what an item has a place for. Shopify writes null for what there is not. */
const Product = v.object({
  id: v.union([v.pipe(v.number(), v.integer()), v.string()]),
  title: v.string(),
  handle: v.nullish(v.string()),
  body_html: v.nullish(v.string()),
  vendor: v.nullish(v.string()),
  product_type: v.nullish(v.string()),
  tags: v.nullish(v.union([v.array(v.string()), v.string()])),
  published_at: v.nullish(v.string()),
  created_at: v.nullish(v.string()),
  images: v.nullish(v.array(v.object({ src: v.string() }))),
  variants: v.nullish(v.array(v.object({ price: v.nullish(v.union([v.string(), v.number()])), available: v.nullish(v.boolean()) }))),
});

/**
 * A product of the shop at `origin` as an item; it costs what its cheapest variant does and can be had if one of them can. What is no product is handed on
 * for whoever reads the item to refuse.
 */
export function shopifyItem(value: unknown, origin: string): unknown {
  const parsed = v.safeParse(Product, value);
  if (!parsed.success) return value;
  const { id, title, handle, body_html: html, vendor, product_type: type, tags, images, variants, ...times } = parsed.output;
  const createdAt = times.published_at ?? times.created_at;
  const prices = (variants ?? []).flatMap(({ price }) => price ?? []).map((price) => toNumber(String(price)));
  const flags = (variants ?? []).flatMap(({ available }) => available ?? []);
  return defined({
    id: String(id),
    title: title.slice(0, LIMITS.titleChars),
    description: html ? plainText(html).slice(0, LIMITS.descriptionChars) : undefined,
    brand: vendor || undefined,
    categories: type ? [type] : [],
    tags: (typeof tags === 'string' ? tags.split(',') : (tags ?? [])).flatMap((tag) => tag.trim() || []).slice(0, LIMITS.itemTags),
    price: prices.find((price) => typeof price === 'string') ?? (prices.length > 0 ? Math.min(...prices.map(Number)) : undefined),
    available: flags.length > 0 ? flags.includes(true) : undefined,
    image: images?.[0]?.src,
    url: handle ? `${origin}/products/${encodeURIComponent(handle)}` : undefined,
    createdAt: createdAt ? isoTime(createdAt) : undefined,
  });
}

/** What an HTML text says, without its tags; it is read by a text encoder, not by a browser. */
function plainText(html: string): string {
  const text = html.replace(/<[^>]*>/g, ' ').replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => ENTITIES[name] ?? ' ');
  return text.replace(/\s+/g, ' ').trim();
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" };

function isoTime(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}
