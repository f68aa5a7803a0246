import type { Locale } from '../domain/locale.ts';

/** What stands in the place of an answer that a language model did not give, or that may not be shown: with items beside it, and without. */
export const WORDINGS: Readonly<Record<Locale, { readonly found: string; readonly nothing: string }>> = {
  en: { found: 'This is what I found.', nothing: 'I cannot answer that at the moment.' },
  zh: { found: '这是我找到的商品。', nothing: '我现在无法回答这个问题。' },
  de: { found: 'Das habe ich gefunden.', nothing: 'Das kann ich gerade nicht beantworten.' },
  fr: { found: 'Voici ce que j’ai trouvé.', nothing: 'Je ne peux pas répondre à cela pour le moment.' },
  es: { found: 'Esto es lo que he encontrado.', nothing: 'Ahora mismo no puedo responder a eso.' },
  ja: { found: '見つかった商品はこちらです。', nothing: '今はお答えできません。' },
};
