import type { Locale } from '../domain/locale.ts';

/** Words that every text of some length has in one of these languages and few have in another. */
const COMMON: Readonly<Record<'en' | 'de' | 'fr' | 'es', ReadonlySet<string>>> = {
  en: new Set(
    'the a an and with you your is are it its this that for of to in often also who people chose goes go well like has have as'.split(' '),
  ),
  de: new Set(
    'der die das ein eine und mit sie ihr ihre ist sind es dies diese für von zu in oft auch wer passt wie hat haben als den dem'.split(
      ' ',
    ),
  ),
  fr: new Set(
    'le la les un une et avec vous votre est sont il elle ce cette pour de des du à dans souvent aussi qui va bien comme ont a au'.split(
      ' ',
    ),
  ),
  es: new Set(
    'el la los las un una y con usted tu su es son este esta para de del a en menudo también quien combina como ha han al que'.split(' '),
  ),
};

const HAN = /\p{sc=Han}/gu;
const KANA = /[\p{sc=Hiragana}\p{sc=Katakana}]/gu;
const LATIN = /\p{sc=Latin}/gu;
const LETTER = /\p{L}/gu;

/** Below this many words there is nothing to tell Latin languages by. */
const WORDS_MIN = 4;

/** Whether a text, the names in it left out, may be of this language: by its script, and among Latin ones by its common words. */
export function isOfLanguage(text: string, locale: Locale): boolean {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const letters = count(LETTER);
  if (letters === 0) return true;
  if (locale === 'ja') return count(KANA) > 0 && count(KANA) + count(HAN) > letters / 2;
  if (locale === 'zh') return count(KANA) === 0 && count(HAN) > letters / 2;
  if (count(LATIN) < letters) return false;
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (words.length < WORDS_MIN) return true;
  const hits = (language: keyof typeof COMMON) => words.filter((word) => COMMON[language].has(word)).length;
  const ours = hits(locale);
  return ours > 0 && Object.keys(COMMON).every((other) => hits(other as keyof typeof COMMON) <= ours);
}
