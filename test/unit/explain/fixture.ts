import type { Facts } from '../../../src/domain/facts.ts';
import type { Brief } from '../../../src/explain/brief.ts';
import { ModelUnavailable, type ChatRequest, type LanguageModel } from '../../../src/domain/language-model.ts';
import type { Locale } from '../../../src/domain/locale.ts';
import { isName, wordReason } from '../../../src/explain/wording.ts';

export const facts = (title: string, fields: Partial<Facts> = {}): Facts => ({ title, categories: [], attributes: {}, ...fields });

/** What is told of an item that goes with another. */
export function makeBrief(
  item: Facts = facts('RED TEAPOT'),
  because: readonly Facts[] = [facts('SET OF 6 MUGS')],
  locale: Locale = 'en',
): Brief {
  const titles = because.map(({ title }) => title);
  return {
    reference: { kind: 'goes-with', item: 'i1', because: because.map((_, at) => `b${at}`), locale },
    item,
    because,
    template: wordReason('goes-with', titles, locale),
    fit: [item, ...because].every(({ title }) => isName(title)),
  };
}

/** A language model that says these pieces, whatever it is asked, and remembers what that was. */
export function sayingModel(says: (request: ChatRequest) => readonly string[]): LanguageModel & { readonly asked: ChatRequest[] } {
  const asked: ChatRequest[] = [];
  const cannot = () => Promise.reject(new ModelUnavailable('no-endpoint', 'a stand-in only talks'));
  return {
    asked,
    isReady: async () => true,
    async *stream(request) {
      asked.push(request);
      yield* says(request);
    },
    async *converse() {
      yield await cannot();
    },
    ask: cannot,
    embed: cannot,
  };
}
