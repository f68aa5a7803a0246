/** Tokens of a text, roughly and rather too many: one for three bytes of UTF-8, so one for a Chinese or Japanese character. */
export function estimateTokens(...texts: readonly string[]): number {
  const encoder = new TextEncoder();
  return texts.reduce((sum, text) => sum + Math.ceil(encoder.encode(text).length / 3), 0);
}
