/** How a language model cites an item in its text: `[[22]]`. */
const MARK = /\s*\[\[([^[\]]{1,128})\]\]/g;

/** A text without its citations, and the ids that it cites, in their order, each once. */
export function takeCitations(text: string): { readonly text: string; readonly ids: readonly string[] } {
  const ids = new Set(Array.from(text.matchAll(MARK), ([, id]) => id!));
  return { text: text.replace(MARK, ''), ids: [...ids] };
}
