/** What the stand-in without a model answers to each prompt of this project: by rules, so that what is around it can be tried out. */

export interface ChatBody {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly stream?: boolean;
  readonly response_format?: unknown;
  readonly tools?: readonly unknown[];
}

/** A text, or words to be searched for. */
export type Said = { readonly text: string } | { readonly query: string };

const SENTENCES: Readonly<Record<string, (title: string) => string>> = {
  English: (title) => `${title} is often chosen together with what you have in view.`,
  Chinese: (title) => `${title}常与您正在看的商品一起被选择。`,
  German: (title) => `${title} wird oft zusammen mit dem gewählt, was Sie gerade ansehen.`,
  French: (title) => `${title} est souvent choisi avec ce que vous regardez.`,
  Spanish: (title) => `${title} se elige a menudo con lo que usted está mirando.`,
  Japanese: (title) => `${title}は、ご覧の商品とよく一緒に選ばれています。`,
};
/** Letters with which two words must begin alike for one to stand for the other. */
const ALIKE = 3;

export function say({ messages, tools = [], response_format: schema }: ChatBody): Said {
  const last = messages.at(-1)!;
  if (schema !== undefined) return { text: JSON.stringify(fill(JSON.parse(last.content) as Told)) };
  if (last.role === 'tool') return { text: cite(messages[0]!.content, JSON.parse(last.content) as Found) };
  if (tools.length > 0) return { query: last.content.slice(0, 200) };
  const { recommended } = JSON.parse(last.content) as { recommended: { title: string } };
  return { text: sentenceIn(messages[0]!.content, recommended.title) };
}

/** What a prompt with a schema brings: a text to be read, a list to be put in order, an item to be described. */
type Told = ToBeRead | ToBeRanked | { readonly item: Described };

function fill(told: Told): object {
  if ('candidates' in told) return rank(told);
  return 'item' in told ? { audience: '', occasion: '', style: told.item.categories[0] ?? '' } : read(told);
}

interface Described {
  readonly title: string;
  readonly categories: readonly string[];
}
interface ToBeRanked {
  readonly chosen: readonly Described[];
  readonly candidates: readonly (Described & { readonly number: number })[];
}

/** An order by the words that a title shares with the newest that was chosen. */
function rank({ chosen, candidates }: ToBeRanked): object {
  const wordsIn = (title: string) => title.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const liked = new Set(wordsIn(chosen.at(-1)?.title ?? ''));
  const shared = (title: string) => wordsIn(title).filter((word) => liked.has(word)).length;
  return { order: candidates.toSorted((a, b) => shared(b.title) - shared(a.title)).map(({ number }) => number) };
}

interface ToBeRead {
  readonly text: string;
  readonly words: readonly string[];
}

/** A reading as `src/intent/reading/schema.ts` has it: words of the catalogue that begin like those of the text. */
function read({ text, words }: ToBeRead): object {
  const beginnings = new Set(text.split(/\P{L}+/u).flatMap((word) => (word.length < ALIKE ? [] : word.slice(0, ALIKE))));
  return { about: words.filter((word) => beginnings.has(word.slice(0, ALIKE))), include: [], exclude: [], like: [] };
}

type Found = readonly { readonly id: string; readonly title: string }[] | { readonly error: string };

function cite(prompt: string, found: Found): string {
  const [first] = 'error' in found ? [] : found;
  return sentenceIn(prompt, first ? `${first.title} [[${first.id}]]` : '…');
}

/** In the language that a prompt of `src/` asks for. */
function sentenceIn(prompt: string, title: string): string {
  const language = Object.keys(SENTENCES).find((name) => prompt.includes(name)) ?? 'English';
  return SENTENCES[language]!(title);
}
