import { factsOf } from '../../domain/facts.ts';
import type { Item } from '../../domain/item.ts';
import type { LanguageModel } from '../../domain/language-model.ts';
import { promptFor } from '../../rerank/prompt.ts';
import type { RerankingMessage } from './queue.ts';

export interface RerankingOptions {
  readonly tenant: string;
  /** Whether there is a language model at all. */
  readonly enabled: boolean;
  /** Whether this user's recommendations are to be put in order; only the first who asks is told so. */
  readonly isDue: (user: string) => Promise<boolean>;
  readonly send: (message: RerankingMessage) => Promise<unknown>;
  /** See `LanguageModel.isReady`. */
  readonly isReady: LanguageModel['isReady'];
}

/** Has a language model put in order what active users are recommended. Nobody waits for it. */
export class Rerankings {
  private readonly options: RerankingOptions;

  constructor(options: RerankingOptions) {
    this.options = options;
  }

  /** After an answer with these items: has the user's reranking queued, if one is due and the day's tokens suffice. What cannot be done is left undone; never rejects. */
  async prepare(wanted: Pick<RerankingMessage, 'user' | 'scenario' | 'place'>, items: readonly Item[]): Promise<void> {
    const { tenant, enabled, isDue, send, isReady } = this.options;
    if (!enabled) return;
    try {
      const request = promptFor({ history: [], candidates: items.map(factsOf) });
      if (!(await isReady(request, { place: wanted.place, urgency: 'prefetch' }))) return;
      if (await isDue(wanted.user)) await send({ kind: 'reranking', tenant, ...wanted });
    } catch (cause) {
      console.warn(JSON.stringify({ event: 'reranking_unprepared', error: String(cause) }));
    }
  }
}
