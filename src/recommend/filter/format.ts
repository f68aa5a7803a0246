import { FIELD_TYPES, LIST_FIELDS, type Filter, type Literal } from './filter.ts';

const CALLS = new Map([...LIST_FIELDS].map(([name, field]) => [field, name]));

/**
 * The canonical source of a filter, one text for one tree: `parseFilter(formatFilter(f))` equals `f`. Good as a cache key. Nests no
 * deeper than any source of `f`, but spacing and escapes may make it longer than `LIMITS.filterChars`, which a parse would refuse.
 */
export function formatFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'or':
      return filter.operands.map((operand) => grouped(operand, operand.kind === 'or')).join(' || ');
    case 'and':
      return filter.operands.map((operand) => grouped(operand, operand.kind === 'or' || operand.kind === 'and')).join(' && ');
    case 'not':
      return `!${grouped(filter.operand, filter.operand.kind !== 'not' && callName(filter.operand) === undefined)}`;
    case 'in':
      return `${filter.field} in [${filter.values.map((value) => formatLiteral(filter.field, value)).join(', ')}]`;
    case 'compare': {
      const value = formatLiteral(filter.field, filter.value);
      const name = callName(filter);
      return name === undefined ? `${filter.field} ${filter.operator} ${value}` : `${name}(${value})`;
    }
  }
}

function grouped(filter: Filter, inParentheses: boolean): string {
  return inParentheses ? `(${formatFilter(filter)})` : formatFilter(filter);
}

/** `tag` or `category` where the call says the same as the comparison. */
function callName(filter: Filter): string | undefined {
  if (filter.kind !== 'compare' || filter.operator !== '==' || typeof filter.value !== 'string') return undefined;
  return CALLS.get(filter.field);
}

function formatLiteral(field: string, value: Literal): string {
  return JSON.stringify(FIELD_TYPES.get(field) === 'time' && typeof value === 'number' ? new Date(value).toISOString() : value);
}
