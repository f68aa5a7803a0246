import type { VectorFilter } from '../catalog/vectors/vector-space.ts';
import type { Filter, Operator } from './filter/filter.ts';

/** Fields that the index knows, each with one value an item: see `metadataOf`. */
const INDEXED = new Set(['price', 'brand']);
const OPERATORS: Readonly<Record<Operator, '$eq' | '$ne' | '$lt' | '$lte' | '$gt' | '$gte'>> = {
  '==': '$eq',
  '!=': '$ne',
  '<': '$lt',
  '<=': '$lte',
  '>': '$gt',
  '>=': '$gte',
};

/** Vectorize takes filters of 2,048 bytes; a character may be three of them. */
const FILTER_CHARS = 680;

/**
 * What of a filter the index can keep to: the conditions on its fields that are joined by `&&`. What it cannot is left for the exact test of its answers, so it may
 * only let more through. `!=` is among those: the index passes items without the field.
 */
export function vectorFilter(filter: Filter | undefined): VectorFilter {
  const conditions: VectorFilter = {};
  for (const part of filter?.kind === 'and' ? filter.operands : filter ? [filter] : []) {
    if (part.kind === 'compare' && INDEXED.has(part.field))
      conditions[part.field] = { ...conditions[part.field], [OPERATORS[part.operator]]: part.value };
    if (part.kind === 'in' && INDEXED.has(part.field)) conditions[part.field] = { ...conditions[part.field], $in: [...part.values] };
  }
  return JSON.stringify(conditions).length < FILTER_CHARS ? conditions : {};
}
