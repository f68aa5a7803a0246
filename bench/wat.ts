/** A list of WebAssembly's text format: its words and the lists in it. */
export type Wat = readonly (string | Wat)[];

/** A comment to the end of the line or between `(;` and `;)`, a string, a bracket, or a word. */
const TOKEN = /;;[^\n]*|\(;[^]*?;\)|"[^"]*"|[()]|[^\s()";]+/g;

/** Reads one list: `(module …)`. Throws where brackets do not match. */
export function parseWat(text: string): Wat {
  const open: (string | Wat)[][] = [[]];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith(';;') || token.startsWith('(;')) continue;
    if (token === '(') open.push([]);
    else if (token === ')') {
      const closed = open.pop()!;
      if (open.length === 0) throw new SyntaxError('a bracket is closed that none opens');
      open.at(-1)!.push(closed);
    } else open.at(-1)!.push(token);
  }
  const [list] = open[0]!;
  if (open.length > 1 || open[0]!.length !== 1 || !isList(list)) throw new SyntaxError('the text is not one list');
  return list;
}

export const printWat = (list: Wat): string => `(${list.map((each) => (isList(each) ? printWat(each) : each)).join(' ')})`;

export const isList = (of: Wat[number] | undefined): of is Wat => typeof of === 'object';
