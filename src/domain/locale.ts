/** The languages in which reasons are worded and explanations written. */
export const LOCALES = ['en', 'zh', 'de', 'fr', 'es', 'ja'] as const;
export type Locale = (typeof LOCALES)[number];

export const DEFAULT_LOCALE: Locale = 'en';

/** Their names, for a language model. */
export const LANGUAGES: Readonly<Record<Locale, string>> = {
  en: 'English',
  zh: 'simplified Chinese',
  de: 'German',
  fr: 'French',
  es: 'Spanish',
  ja: 'Japanese',
};

/** The first of our languages in an `Accept-Language` header (RFC 9110, 12.5.4) or a language tag such as `de-CH`; the default if there is none. */
export function matchLocale(accepted: string | undefined): Locale {
  const ranges = (accepted ?? '').split(',').map((range) => {
    const [tag = '', ...parameters] = range.trim().split(';');
    const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find((value) => value !== undefined);
    return { language: tag.split('-')[0]!.toLowerCase(), quality: Number(quality ?? 1) };
  });
  const best = ranges.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
  return best.flatMap(({ language }) => LOCALES.filter((locale) => locale === language))[0] ?? DEFAULT_LOCALE;
}
