import type { Locale } from '../domain/locale.ts';
import type { Reason } from '../domain/recommendation.ts';
import { isFact } from '../domain/facts.ts';
import { remember } from '../kernel/remember.ts';

/** How a reason is said in one language. */
interface Wording {
  readonly 'goes-with': (names: string) => string;
  readonly similar: (names: string) => string;
  readonly popular: string;
  readonly trending: string;
  readonly new: string;
  readonly continue: string;
  readonly match: string;
  readonly meaning: string;
  /** Joins two names. */
  readonly and: string;
  /** Stands for a title that may not be shown as words. */
  readonly something: string;
}

const WORDINGS: Readonly<Record<Locale, Wording>> = {
  en: {
    'goes-with': (names) => `Goes with ${names}`,
    similar: (names) => `Similar to ${names}`,
    popular: 'Popular with other customers',
    trending: 'Trending now',
    new: 'New',
    continue: 'Go on where you stopped',
    match: 'Matches your words',
    meaning: 'Close to what you are looking for',
    and: ' and ',
    something: 'something you chose',
  },
  zh: {
    'goes-with': (names) => `与${names}搭配`,
    similar: (names) => `与${names}相似`,
    popular: '受其他顾客欢迎',
    trending: '正在流行',
    new: '新品',
    continue: '继续上次的内容',
    match: '与您的搜索相符',
    meaning: '与您要找的相近',
    and: '和',
    something: '您选择的商品',
  },
  de: {
    'goes-with': (names) => `Passt zu ${names}`,
    similar: (names) => `Ähnlich wie ${names}`,
    popular: 'Beliebt bei anderen',
    trending: 'Gerade gefragt',
    new: 'Neu',
    continue: 'Weiter, wo Sie aufgehört haben',
    match: 'Passt zu Ihrer Suche',
    meaning: 'Nah an dem, was Sie suchen',
    and: ' und ',
    something: 'etwas, das Sie gewählt haben',
  },
  fr: {
    'goes-with': (names) => `Va bien avec ${names}`,
    similar: (names) => `Ressemble à ${names}`,
    popular: 'Apprécié par d’autres clients',
    trending: 'Tendance du moment',
    new: 'Nouveau',
    continue: 'Reprenez où vous en étiez',
    match: 'Correspond à votre recherche',
    meaning: 'Proche de ce que vous cherchez',
    and: ' et ',
    something: 'un article que vous avez choisi',
  },
  es: {
    'goes-with': (names) => `Combina con ${names}`,
    similar: (names) => `Parecido a ${names}`,
    popular: 'Popular entre otros clientes',
    trending: 'Tendencia ahora',
    new: 'Novedad',
    continue: 'Continúa donde lo dejaste',
    match: 'Coincide con tu búsqueda',
    meaning: 'Cercano a lo que buscas',
    and: ' y ',
    something: 'algo que elegiste',
  },
  ja: {
    'goes-with': (names) => `${names}とよく合います`,
    similar: (names) => `${names}に似ています`,
    popular: '他のお客様に人気です',
    trending: '今注目されています',
    new: '新着',
    continue: '続きから',
    match: '検索に一致しています',
    meaning: 'お探しのものに近い商品です',
    and: 'と',
    something: 'お選びの商品',
  },
};

/** A reason in words, with the titles of the items that carried the score, strongest first. */
export function wordReason(kind: Reason['kind'], titles: readonly string[], locale: Locale): string {
  const wording = WORDINGS[locale];
  if (kind !== 'goes-with' && kind !== 'similar') return wording[kind];
  const names = titles.map((title) => (isName(title) ? title : wording.something));
  return wording[kind](names.filter((name, at) => names.indexOf(name) === at).join(wording.and));
}

/** What is known of titles: an answer names the same few again and again, and to look one through takes longer than to word a reason. */
const judged = new Map<string, boolean>();
const TITLES_REMEMBERED = 10_000;

/** Whether a title may stand in a sentence. */
export function isName(title: string): boolean {
  return judged.get(title) ?? remember(title, isFact(title), judged, TITLES_REMEMBERED);
}
