/** From here on UTF-16 has the halves of pairs, which stand for characters behind all others. */
const SURROGATES = 0xd800;
const SURROGATES_END = 0xe000;

/** Compares ids by code point, as SQLite compares their UTF-8; `<` compares UTF-16, where pairs come before U+E000. */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= SURROGATES && unit < SURROGATES_END ? unit + 0x10000 : unit;
}
