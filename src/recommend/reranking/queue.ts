import { factsOf, isFact } from '../../domain/facts.ts';
import type { Item } from '../../domain/item.ts';
import type { LanguageModel, Place } from '../../domain/language-model.ts';
import type { Reranking } from '../../domain/reranking.ts';
import type { Delivered } from '../../flight/delivered.ts';
import { fnv1a } from '../../kernel/hash.ts';
import type { ScenarioName } from '../scenarios.ts';
import { rankList } from '../../rerank/rank-list.ts';

/** A user whose recommendations are to be put in order, on the way through the queue. */
export interface RerankingMessage {
  readonly kind: 'reranking';
  readonly tenant: string;
  readonly user: string;
  /** In which the user is recommended something. */
  readonly scenario: ScenarioName;
  readonly place: Place;
}

/** What a user is recommended now, and for what. */
export interface CurrentList {
  /** Oldest first. */
  readonly history: readonly Item[];
  /** Best first. */
  readonly candidates: readonly Item[];
  /** Ids of the newest interactions that it is made of. */
  readonly knew: readonly string[];
}

/** What recommendations of a tenant are put in order with. */
export interface Reranker {
  readonly model: LanguageModel;
  /** Undefined where there is nothing to put in order. */
  readonly open: (message: RerankingMessage) => Promise<CurrentList | undefined>;
  readonly keep: (user: string, reranking: Reranking) => Promise<unknown>;
}

/** Has recommendations put in order that nobody waits for. What fails is dropped: it is asked for again when the user has gone on. */
export async function consumeRerankings(
  messages: readonly Delivered<RerankingMessage>[],
  openTenant: (tenant: string) => Promise<Reranker>,
): Promise<void> {
  for (const message of messages) {
    try {
      const { user, tenant, place } = message.body;
      const { model, open, keep } = await openTenant(tenant);
      const list = await open(message.body);
      const reranking = list && (await rerank(list, model, place));
      if (reranking) await keep(user, reranking);
    } catch (cause) {
      console.warn(JSON.stringify({ event: 'reranking_dropped', error: String(cause) }));
    }
    message.ack();
  }
}

/** Titles that may not be put before a language model are left out: neither chosen nor moved. */
async function rerank({ history, candidates, knew }: CurrentList, model: LanguageModel, place: Place): Promise<Reranking | undefined> {
  const told = candidates.filter(isTold);
  if (told.length < 2) return undefined;
  const list = { history: history.filter(isTold).map(factsOf), candidates: told.map(factsOf) };
  const order = await rankList(list, (request) => model.ask(request, { place, urgency: 'prefetch' }), fnv1a(knew.join(' ')));
  return { items: order.map((at) => told[at]!.id), knew };
}

const isTold = ({ title }: Item) => isFact(title);
