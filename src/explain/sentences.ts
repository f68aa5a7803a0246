/** Where a text may be cut: after what ends a sentence. */
const SENTENCE_END = /[.!?](?=\s)|[。！？]/g;

/** How many characters of a text, of which more is to come, are complete sentences. */
export function endOfSentences(text: string): number {
  const last = [...text.matchAll(SENTENCE_END)].at(-1);
  return last ? last.index + 1 : 0;
}
