import type { Items } from '../../catalog/columns/items.ts';
import { readField, type Field } from './field.ts';
import type { Filter, Literal, Operator } from './filter.ts';

/**
 * Whether the item of a row passes, as one function to run over a catalogue: everything that does not depend on the item is
 * settled here, and a call reads nothing but the columns of the fields. Never throws on what `parseFilter` gave.
 */
export function compileFilter(filter: Filter, items: Items): (row: number) => boolean {
  switch (filter.kind) {
    // Folded from the right, so that the first operand is tested first and the rest only if it must be.
    case 'or':
      return compileAll(filter.operands, items).reduceRight((rest, test) => (row) => test(row) || rest(row));
    case 'and':
      return compileAll(filter.operands, items).reduceRight((rest, test) => (row) => test(row) && rest(row));
    case 'not': {
      const test = compileFilter(filter.operand, items);
      return (row) => !test(row);
    }
    case 'in': {
      const values = new Set(filter.values);
      return anyValue(readField(filter.field, items), (value) => values.has(value));
    }
    case 'compare': {
      const field = readField(filter.field, items);
      if (filter.operator !== '!=') return anyValue(field, scalarTest(filter.operator, filter.value));
      const equal = anyValue(field, scalarTest('==', filter.value));
      return (row) => field.has(row) && !equal(row);
    }
  }
}

const compileAll = (filters: readonly Filter[], items: Items) => filters.map((filter) => compileFilter(filter, items));

const anyValue = (field: Field, test: (value: Literal) => boolean) => (row: number) => field.some(row, test);

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
