import { EdgewiseError } from '../../domain/errors.ts';

/** One word of a filter; `at` is its offset in the source and `text` what stands there, in UTF-16 units. */
export type Token = { readonly at: number; readonly text: string } & (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'word' | 'symbol' | 'end' }
);

const BLANK = /\s*/y;
const TOKEN =
  /(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_.]))|(?<word>[\p{L}_][\p{L}\p{M}\p{N}_.-]*)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\|\||&&|[=!<>]=|[!<>()[\],]/suy;
const ESCAPE = /\\(u[0-9a-fA-F]{4}|.)/gsu;
const ESCAPED = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['/', '/'],
]);

/** The token at or after offset `from`; of kind `end` past the last. @throws `invalid_filter` where none begins. */
export function readToken(source: string, from: number): Token {
  const at = from + matchAt(BLANK, source, from)![0].length;
  if (at === source.length) return { kind: 'end', at, text: '' };
  const match = matchAt(TOKEN, source, at);
  if (match === null) throw unreadable(source, at);

  const text = match[0];
  const { number, word, string } = match.groups!;
  if (number !== undefined) return { kind: 'number', at, text, value: numberOf(text, at) };
  if (string !== undefined) return { kind: 'string', at, text, value: unescape(text, at) };
  return { kind: word === undefined ? 'symbol' : 'word', at, text };
}

/** An `invalid_filter` for the one who wrote it: what was expected at offset `at`, what is there and what to do. */
export function expected(what: string, found: { readonly at: number; readonly text: string }, remedy: string): EdgewiseError {
  const shown = found.text === '' ? 'the end' : found.text.length > 40 ? `${found.text.slice(0, 40)}…` : found.text;
  return new EdgewiseError('invalid_filter', `expected ${what} at character ${found.at + 1}, found ${shown}: ${remedy}`, {
    path: 'filter',
  });
}

function matchAt(sticky: RegExp, source: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(source);
}

function numberOf(text: string, at: number): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw expected('a number within ±1.8e308', { at, text }, 'write a smaller one');
  return value === 0 ? 0 : value; // -0 has no canonical text of its own
}

/** The text that a quoted string, with JSON's escapes and `\'`, stands for. */
function unescape(quoted: string, at: number): string {
  return quoted.slice(1, -1).replace(ESCAPE, (text, escaped: string, offset: number) => {
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    const value = ESCAPED.get(escaped);
    if (value !== undefined) return value;
    throw expected(
      String.raw`one of \" \' \\ \/ \b \f \n \r \t \u0000`,
      { at: at + 1 + offset, text },
      String.raw`write \\ for a backslash`,
    );
  });
}

function unreadable(source: string, at: number): EdgewiseError {
  const text = String.fromCodePoint(source.codePointAt(at)!);
  if (text === '"' || text === "'") return expected('a string that ends', { at, text: source.slice(at) }, `close it with ${text}`);
  if (/[-.\d]/.test(text))
    return expected('a number', { at, text: source.slice(at).split(/\s/, 1)[0]! }, 'write it like 20, -1.5 or 1e3, and text in quotes');
  const remedy = '=&|'.includes(text) ? `write ${text}${text}` : 'put text in plain quotes, e.g. "mugs"';
  return expected('a field, an operator or a literal', { at, text }, remedy);
}
