import type { Item } from '../domain/item.ts';
import type { Random } from '../kernel/random.ts';
import { recommend } from '../recommend/recommend.ts';
import { fillRequest } from '../recommend/request.ts';
import type { Serving } from '../recommend/serving.ts';
import { Stopwatch } from '../recommend/stopwatch.ts';
import { STRANGER } from './search.ts';

const DEPTH = 5;
/** Words of fewer letters are not misspelt or cut: little would be left. */
const LETTERS_MIN = 4;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** How titles are typed: with one wrong, missing, doubled or swapped letter; or without a word and with the last one cut short. */
export const MISTAKES = ['misspelt', 'partial'] as const;
type Mistake = (typeof MISTAKES)[number];

/** Types the title of every item with a mistake; undefined where a title is too short for it. */
export function mistype({ title }: Item, mistake: Mistake, random: Random): string | undefined {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return mistake === 'misspelt' ? misspell(words, random) : cut(words, random);
}

function misspell(words: readonly string[], random: Random): string | undefined {
  const long = [...words.keys()].filter((at) => words[at]!.length >= LETTERS_MIN && /^\p{L}+$/u.test(words[at]!));
  if (long.length === 0) return undefined;
  const place = pick(long, random);
  const word = words[place]!;
  const at = 1 + Math.floor(random() * (word.length - 2)); // hardly anybody mistypes a first letter
  const letter = LETTERS[Math.floor(random() * LETTERS.length)]!;
  const wrong = pick(
    [
      word.slice(0, at) + letter + word.slice(at + 1),
      word.slice(0, at) + word.slice(at + 1),
      word.slice(0, at) + letter + word.slice(at),
      word.slice(0, at) + word[at + 1]! + word[at]! + word.slice(at + 2),
    ],
    random,
  );
  return words.with(place, wrong).join(' ');
}

function cut(words: readonly string[], random: Random): string | undefined {
  if (words.length < 3) return undefined;
  const kept = words.toSpliced(Math.floor(random() * (words.length - 1)), 1);
  const end = kept.length - 1;
  const last = kept[end]!;
  return kept.with(end, last.length < LETTERS_MIN ? last : last.slice(0, Math.ceil((2 * last.length) / 3))).join(' ');
}

function pick<T>(values: readonly T[], random: Random): T {
  return values[Math.floor(random() * values.length)]!;
}

/** The share of the items that are among the first five for their mistyped title; items of the same title are the same answer. */
export async function measureTitles(
  mistake: Mistake,
  serving: Serving,
  random: Random,
): Promise<{ readonly titles: number; readonly found: number }> {
  let [titles, found] = [0, 0];
  for (const item of serving.snapshot.items) {
    const query = mistype(item, mistake, random);
    if (query === undefined) continue;
    const request = fillRequest({ ...STRANGER, query, limit: DEPTH });
    const { items } = await recommend(request, serving, new Stopwatch(() => 0));
    titles++;
    if (items.some(({ title }) => title === item.title)) found++;
  }
  return { titles, found: found / titles };
}
