import type { CatalogueItem } from '../../domain/catalogue-item.ts';
import type { AttributeValue, Item } from '../../domain/item.ts';
import { parseTimeMs } from '../../domain/time.ts';

/** What answers need of an item: its texts for people stay in the catalogue, what rules and filters read goes into the attributes. */
export function toServedItem(item: CatalogueItem, createdMs: number | undefined): Item {
  const { id, title, price, categories, createdAt, attributes } = item;
  const addedMs = createdAt === undefined ? createdMs : (parseTimeMs(createdAt) ?? createdMs); // earlier builds took other forms
  return {
    id,
    title,
    ...(price === undefined ? {} : { price }),
    categories,
    ...(addedMs === undefined ? {} : { createdAtMs: addedMs }),
    attributes: { ...attributes, ...reservedOf(item) },
  };
}

/** Attributes with a meaning of their own, where they say something. */
function reservedOf({ tags, brand, currency, available, hidden, validFrom, validTo, markets }: CatalogueItem): Item['attributes'] {
  return {
    ...(tags.length > 0 ? { tags } : {}),
    ...(brand === undefined ? {} : { brand }),
    ...(currency === undefined ? {} : { currency }),
    ...(available ? {} : { available }),
    ...(hidden ? { hidden } : {}),
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
    ...(markets === undefined ? {} : { markets }),
  };
}

/** An item that only the snapshot has, as the catalogue would describe it: `toServedItem` of it is the item again. */
export function fromServedItem({ id, title, price, categories, createdAtMs, attributes }: Item): CatalogueItem {
  const { tags, brand, currency, available, hidden, validFrom, validTo, markets, ...others } = attributes;
  return {
    id,
    title,
    categories,
    tags: isTexts(tags) ? tags : [],
    ...(typeof brand === 'string' ? { brand } : {}),
    ...(price === undefined ? {} : { price }),
    ...(typeof currency === 'string' ? { currency } : {}),
    available: (available ?? true) === true,
    hidden: (hidden ?? false) !== false, // what cannot be understood hides an item, here as in answers
    ...(typeof validFrom === 'string' ? { validFrom } : {}),
    ...(typeof validTo === 'string' ? { validTo } : {}),
    ...(isTexts(markets) ? { markets } : {}),
    ...(createdAtMs === undefined ? {} : { createdAt: new Date(createdAtMs).toISOString() }),
    attributes: others,
  };
}

const isTexts = (value: AttributeValue | undefined): value is readonly string[] => typeof value === 'object';
