import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EdgewiseError } from '../../../src/domain/errors.ts';
import type { AttributeValue, Item } from '../../../src/domain/item.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { Items } from '../../../src/catalog/columns/items.ts';
import { compileFilter } from '../../../src/recommend/filter/compile.ts';
import type { Filter, Literal, Operator } from '../../../src/recommend/filter/filter.ts';
import { formatFilter } from '../../../src/recommend/filter/format.ts';
import { parseFilter } from '../../../src/recommend/filter/parse.ts';

// Few names and few values, so that filters and items meet.
const words = fc.constantFrom('', 'a', 'b', 'mugs', 'Mugs', '20', 'true', '"', "'", '\\', '\n', '\ud800', '😀', '__proto__');
const numbers = fc
  .oneof(fc.constantFrom(0, 1, 20, -1.5, 1e21, 5e-324), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((n) => n + 0);
const times = fc.oneof(
  fc.constantFrom(0, 1, -1),
  fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
);
const text = fc.oneof({ weight: 4, arbitrary: words }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) });
const scalar: fc.Arbitrary<Literal> = fc.oneof(text, numbers, fc.boolean());
const attributeName = fc.constantFrom(
  'tags',
  'brand',
  'a.b',
  '_x',
  'in',
  'true',
  'größe',
  'colour-family',
  '__proto__',
  'constructor',
  'toString',
);

/** Ids, titles and categories are kept as UTF-8. */
const whole = text.map((value) => value.toWellFormed());
const item: fc.Arbitrary<Item> = fc
  .record(
    {
      id: whole,
      title: whole,
      price: numbers,
      categories: fc.array(whole, { maxLength: 3 }),
      createdAtMs: times,
      attributes: fc
        .array(fc.tuple(attributeName, fc.oneof<fc.Arbitrary<AttributeValue>[]>(scalar, fc.array(words, { maxLength: 3 }))), {
          maxLength: 8,
        })
        .map((entries) => Object.fromEntries(entries)),
    },
    { requiredKeys: ['id', 'title', 'categories', 'attributes'] },
  )
  .map((one) => one as Item);

const anyOperator = fc.constantFrom<Operator>('==', '!=', '<', '<=', '>', '>=');
const leaf = fc.oneof(
  testOf(fc.constantFrom('id', 'title', 'category'), anyOperator, text),
  testOf(fc.constant('price'), anyOperator, numbers),
  testOf(fc.constant('createdAt'), anyOperator, times),
  testOf(attributeName, fc.constantFrom<Operator>('==', '!='), scalar),
  testOf(attributeName, anyOperator, fc.oneof(text, numbers)),
);

function testOf(field: fc.Arbitrary<string>, operator: fc.Arbitrary<Operator>, literal: fc.Arbitrary<Literal>): fc.Arbitrary<Filter> {
  return fc.oneof(
    fc.record({ kind: fc.constant('compare' as const), field, operator, value: literal }),
    fc.record({
      kind: fc.constant('in' as const),
      field,
      values: fc.tuple(literal, fc.array(literal, { maxLength: 3 })).map(([first, rest]): [Literal, ...Literal[]] => [first, ...rest]),
    }),
  );
}

const { filter } = fc.letrec<{ filter: Filter; several: [Filter, Filter, ...Filter[]] }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constantFrom('or' as const, 'and' as const), operands: tie('several') }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('filter') }),
  ),
  several: fc
    .tuple(tie('filter'), tie('filter'), fc.array(tie('filter'), { maxLength: 2 }))
    .map(([first, second, rest]) => [first, second, ...rest]),
}));

/** The language again, said differently: what the field holds as a list, null when it is not there. */
function naive(filter: Filter, item: Item): boolean {
  if (filter.kind === 'or') return filter.operands.filter((operand) => naive(operand, item)).length > 0;
  if (filter.kind === 'and') return filter.operands.filter((operand) => !naive(operand, item)).length === 0;
  if (filter.kind === 'not') return !naive(filter.operand, item);

  const fields = new Map<string, unknown>(Object.entries(item.attributes));
  for (const [name, value] of [
    ['id', item.id],
    ['title', item.title],
    ['price', item.price],
    ['category', item.categories],
    ['createdAt', item.createdAtMs],
  ] as const)
    fields.set(name, value);
  const held = fields.get(filter.field) ?? null;
  if (held === null) return false;
  const list = [held].flat() as Literal[];
  if (filter.kind === 'in') return list.some((value) => filter.values.some((literal) => Object.is(value, literal)));

  const { operator, value: literal } = filter;
  const orders = list.filter((value) => typeof value === typeof literal).map((value) => (value === literal ? 0 : value < literal ? -1 : 1));
  if (operator === '!=') return !orders.includes(0);
  const wanted = { '==': [0], '<': [-1], '<=': [-1, 0], '>': [1], '>=': [1, 0] }[operator];
  return orders.some((order) => wanted.includes(order));
}

const not = (operand: Filter): Filter => ({ kind: 'not', operand });
const both = (kind: 'or' | 'and', a: Filter, b: Filter): Filter => ({ kind, operands: [a, b] });

describe('a filter', () => {
  const token = fc.oneof(
    fc.constantFrom('price', 'brand', 'category', 'tag', 'createdAt', 'in', 'true'),
    fc.constantFrom('(', ')', '[', ']', ',', '!', '&&', '||', '==', '!=', '<', '>='),
    fc.constantFrom('1', '-2.5e3', '"x"', "'y'", '"2026-01-31T00:00:00Z"'),
    fc.constantFrom('"', '\\', '=', '.', '😀', '\ud800', ' '),
  );
  const nearly = fc.tuple(filter, fc.nat(), fc.nat(9), token).map(([f, at, cut, inserted]) => {
    const source = formatFilter(f);
    const from = at % (source.length + 1);
    return source.slice(0, from) + inserted + source.slice(from + cut);
  });
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: LIMITS.filterChars + 10 }),
    fc.string({ unit: 'binary-ascii' }),
    fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(' ')),
    fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join('')),
    nearly,
  );

  test('from any string parses or is refused with a place inside it', () => {
    fc.assert(
      fc.property(anything, (source) => {
        try {
          const parsed = parseFilter(source);
          const canonical = formatFilter(parsed);
          if (canonical.length <= LIMITS.filterChars) expect(parseFilter(canonical)).toEqual(parsed);
        } catch (error) {
          if (!(error instanceof EdgewiseError)) throw error;
          expect(error.code).toBe('invalid_filter');
          expect(error.path).toBe('filter');
          const place = Number(/ at character (\d+), found /.exec(error.message)?.[1]);
          expect(place).toBeGreaterThanOrEqual(1);
          expect(place).toBeLessThanOrEqual(source.length + 1);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('survives being printed', () => {
    fc.assert(
      fc.property(filter, (f) => {
        const source = formatFilter(f);
        fc.pre(source.length <= LIMITS.filterChars);
        expect(parseFilter(source)).toEqual(f);
      }),
      { numRuns: 1_000 },
    );
  });

  test('passes the items that a naive reading passes', () => {
    fc.assert(
      fc.property(filter, fc.array(item, { minLength: 1, maxLength: 5 }), (f, items) => {
        const passes = compileFilter(f, Items.of(items));
        expect(items.map((_, row) => passes(row))).toEqual(items.map((one) => naive(f, one)));
      }),
      { numRuns: 3_000 },
    );
  });

  test('obeys De Morgan', () => {
    fc.assert(
      fc.property(filter, filter, item, (a, b, one) => {
        const passes = (f: Filter) => compileFilter(f, Items.of([one]))(0);
        expect(passes(not(both('and', a, b)))).toBe(passes(both('or', not(a), not(b))));
        expect(passes(not(both('or', a, b)))).toBe(passes(both('and', not(a), not(b))));
        expect(passes(not(not(a)))).toBe(passes(a));
      }),
    );
  });
});
