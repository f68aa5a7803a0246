import { LIMITS } from '../../domain/limits.ts';
import { parseTimeMs } from '../../domain/time.ts';
import { FIELD_TYPES, LIST_FIELDS, UNFILTERED, type Filter, type Literal, type Operator } from './filter.ts';
import { expected, readToken, type Token } from './tokens.ts';

/**
 * Reads a filter; the language is at `Filter`. Takes time linear in the source, and recursion no deeper than `LIMITS.filterDepth`.
 * @throws `invalid_filter` at the first character at fault (counted from 1, in UTF-16 units), or past `LIMITS.filterChars`
 * characters or `LIMITS.filterDepth` `(` and `!` inside one another. Never anything else.
 */
export function parseFilter(source: string): Filter {
  const tooLong = { at: LIMITS.filterChars, text: source.slice(LIMITS.filterChars) };
  if (tooLong.text !== '') throw expected(`at most ${LIMITS.filterChars} characters, so the end`, tooLong, 'write a shorter filter');
  return new Parser(source).filter();
}

/** Recursive descent, one method a rule, one token ahead. */
class Parser {
  readonly #source: string;
  #token: Token;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#token = readToken(source, 0);
  }

  /** filter = or, end */
  filter(): Filter {
    const filter = this.#or();
    if (this.#token.kind !== 'end') throw expected('&&, || or the end', this.#token, 'join two conditions with && or ||');
    return filter;
  }

  /** or = and, {"||", and} */
  #or(): Filter {
    return this.#chain('or', '||', () => this.#and());
  }

  /** and = not, {"&&", not} */
  #and(): Filter {
    return this.#chain('and', '&&', () => this.#not());
  }

  #chain(kind: 'or' | 'and', symbol: string, operand: () => Filter): Filter {
    const first = operand();
    if (!this.#takes(symbol)) return first;
    const second = operand();
    const rest: Filter[] = [];
    while (this.#takes(symbol)) rest.push(operand());
    return { kind, operands: [first, second, ...rest] };
  }

  /** not = "!", (not | group | call) | group | test */
  #not(): Filter {
    const opening = this.#token;
    if (this.#takes('!')) {
      // `!price < 20` means two things to two readers, so it means nothing here.
      if (this.#token.kind === 'word' && this.#peek().text !== '(')
        throw expected('(, tag(…) or category(…) after !', this.#token, 'put the comparison in parentheses, e.g. !(price < 20)');
      return { kind: 'not', operand: this.#nested(opening, () => this.#not()) };
    }
    if (this.#takes('(')) {
      const filter = this.#nested(opening, () => this.#or());
      if (!this.#takes(')')) throw expected('&&, || or )', this.#token, `close the ( of character ${opening.at + 1}`);
      return filter;
    }
    return this.#test();
  }

  #nested(opening: Token, parse: () => Filter): Filter {
    if (++this.#depth > LIMITS.filterDepth)
      throw expected(`at most ${LIMITS.filterDepth} ( and ! inside one another`, opening, 'write a flatter filter');
    const filter = parse();
    this.#depth--;
    return filter;
  }

  /** test = field, operator, literal | field, "in", "[", literal, {",", literal}, "]" | call */
  #test(): Filter {
    const name = this.#token;
    if (name.kind !== 'word')
      throw expected('a condition', name, 'begin with a field, e.g. price < 20, or omit the filter to take every item');
    const instead = UNFILTERED.get(name.text);
    if (instead !== undefined) throw expected(`${FIELDS} or an attribute`, name, instead);
    this.#advance();
    const field = LIST_FIELDS.get(name.text) ?? name.text;
    const { text: operator } = this.#token;
    if (operator === '(' && LIST_FIELDS.has(name.text)) return this.#call(field);
    if (this.#takes('in')) return { kind: 'in', field, values: this.#list(field) };
    if (!isOperator(operator))
      throw expected(
        '==, !=, <, <=, >, >= or in after a field',
        this.#token,
        `compare it, e.g. ${name.text} == ${exampleFor(field)}; only tag("…") and category("…") stand alone`,
      );
    this.#advance();
    return { kind: 'compare', field, operator, value: this.#literal(wantedBy(field, operator)) };
  }

  /** call = ("tag" | "category"), "(", string, ")" */
  #call(field: string): Filter {
    this.#advance();
    const value = this.#literal('string');
    if (!this.#takes(')')) throw expected(')', this.#token, 'name one value; for several use in [ … ]');
    return { kind: 'compare', field, operator: '==', value };
  }

  #list(field: string): [Literal, ...Literal[]] {
    if (!this.#takes('[')) throw expected('[ after in', this.#token, `list the values, e.g. in [${exampleFor(field)}]`);
    const wanted = wantedBy(field, '==');
    const values: [Literal, ...Literal[]] = [this.#literal(wanted)];
    while (this.#takes(',')) values.push(this.#literal(wanted));
    if (!this.#takes(']')) throw expected(', or ]', this.#token, 'part the values with , and close the list with ]');
    return values;
  }

  #literal(wanted: Wanted): Literal {
    const value = literalOf(this.#token, wanted);
    if (value === undefined) throw expected(WANTED[wanted].what, this.#token, WANTED[wanted].remedy);
    this.#advance();
    return value;
  }

  #takes(text: string): boolean {
    if (this.#token.text !== text) return false;
    this.#advance();
    return true;
  }

  #advance(): void {
    this.#token = this.#peek();
  }

  #peek(): Token {
    return readToken(this.#source, this.#token.at + this.#token.text.length);
  }
}

const FIELDS = [...FIELD_TYPES.keys(), 'available', 'hidden'].join(', ');

/** What may stand right of an operator. */
type Wanted = 'string' | 'number' | 'time' | 'ordered' | 'any';

const WANTED: Readonly<Record<Wanted, { readonly what: string; readonly remedy: string }>> = {
  string: { what: 'a string', remedy: 'put text in quotes, e.g. "mugs"' },
  number: { what: 'a number', remedy: 'write it without quotes, e.g. 20' },
  time: { what: 'a time', remedy: 'write it as RFC 3339 in quotes, e.g. "2026-01-31T00:00:00Z"' },
  ordered: { what: 'a number or a string', remedy: 'put text in quotes; compare true and false by == or !=' },
  any: { what: 'a number, a string, true or false', remedy: 'put text in quotes, e.g. "OPI"' },
};

function wantedBy(field: string, operator: Operator): Wanted {
  return FIELD_TYPES.get(field) ?? (operator === '==' || operator === '!=' ? 'any' : 'ordered');
}

function exampleFor(field: string): string {
  const type = FIELD_TYPES.get(field);
  return type === 'number' ? '20' : type === 'time' ? '"2026-01-31T00:00:00Z"' : '"…"';
}

function literalOf(token: Token, wanted: Wanted): Literal | undefined {
  if (token.kind === 'string') return wanted === 'time' ? parseTimeMs(token.value) : wanted === 'number' ? undefined : token.value;
  if (token.kind === 'number') return wanted === 'time' || wanted === 'string' ? undefined : token.value;
  if (wanted === 'any' && token.text === 'true') return true;
  if (wanted === 'any' && token.text === 'false') return false;
  return undefined;
}

function isOperator(text: string): text is Operator {
  return ['==', '!=', '<', '<=', '>', '>='].includes(text);
}
