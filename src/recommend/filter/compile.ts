import type { AttributeValue, Item } from '../../domain/item.ts';
import type { Filter, Literal, Operator } from './filter.ts';

/**
 * Whether an item passes, as one function to run over a catalogue: everything that does not depend on the item is
 * settled here, and a call allocates nothing. Never throws on what `parseFilter` gave.
 */
export function compileFilter(filter: Filter): (item: Item) => boolean {
  switch (filter.kind) {
    // Folded from the right, so that the first operand is tested first and the rest only if it must be.
    case 'or':
      return filter.operands.map(compileFilter).reduceRight((rest, test) => (item) => test(item) || rest(item));
    case 'and':
      return filter.operands.map(compileFilter).reduceRight((rest, test) => (item) => test(item) && rest(item));
    case 'not': {
      const test = compileFilter(filter.operand);
      return (item) => !test(item);
    }
    case 'in': {
      const values = new Set(filter.values);
      return anyValue(fieldReader(filter.field), (value) => values.has(value));
    }
    case 'compare': {
      const read = fieldReader(filter.field);
      if (filter.operator !== '!=') return anyValue(read, scalarTest(filter.operator, filter.value));
      const equal = anyValue(read, scalarTest('==', filter.value));
      return (item) => read(item) !== undefined && !equal(item);
    }
  }
}

type FieldReader = (item: Item) => AttributeValue | undefined;

function fieldReader(field: string): FieldReader {
  switch (field) {
    case 'id':
      return (item) => item.id;
    case 'title':
      return (item) => item.title;
    case 'price':
      return (item) => item.price;
    case 'category':
      return (item) => item.categories;
    case 'createdAt':
      return (item) => item.createdAtMs;
    default:
      // `constructor` and `__proto__` are names like any other: only what the item itself holds counts.
      return (item) => (Object.hasOwn(item.attributes, field) ? item.attributes[field] : undefined);
  }
}

function anyValue(read: FieldReader, test: (value: Literal) => boolean): (item: Item) => boolean {
  return (item) => {
    const value = read(item);
    if (value === undefined) return false;
    return typeof value === 'object' ? value.some(test) : test(value);
  };
}

function scalarTest(operator: Exclude<Operator, '!='>, literal: Literal): (value: Literal) => boolean {
  const type = typeof literal;
  switch (operator) {
    case '==':
      return (value) => value === literal;
    case '<':
      return (value) => typeof value === type && value < literal;
    case '<=':
      return (value) => typeof value === type && value <= literal;
    case '>':
      return (value) => typeof value === type && value > literal;
    case '>=':
      return (value) => typeof value === type && value >= literal;
  }
}
