import type { FeedbackMessage } from '../domain/feedback.ts';
import { consumePrefetches } from '../explain/queue.ts';
import { DeadLetters } from '../feedback/dead-letters.ts';
import { buryBatch, consumeBatch } from '../feedback/queue.ts';
import { consumeReadings, type Reader } from '../intent/reading/queue.ts';
import { currentList } from '../recommend/reranking/current-list.ts';
import { consumeRerankings, type Reranker } from '../recommend/reranking/queue.ts';
import type { AheadMessage, Env } from './env.ts';
import type { Tenant } from './tenant.ts';

/** How the name of the dead-letter queue ends. */
const DEAD_LETTERS = '-dead';
/** And that of what a language model is to do while nobody waits. */
const AHEAD = '-explanations';

/** Does what a batch of any of the queues asks for. */
export async function consume(
  batch: MessageBatch<FeedbackMessage | AheadMessage>,
  env: Env,
  of: (tenant: string) => Tenant,
): Promise<void> {
  if (batch.queue.endsWith(DEAD_LETTERS))
    return buryBatch(batch as MessageBatch<FeedbackMessage>, (tenant) => new DeadLetters(env.FEEDBACK, tenant), Date.now());
  const opened = async (tenant: string) => {
    const composed = of(tenant);
    await composed.store.open(Date.now()); // for what the catalogue says of items
    return composed;
  };
  if (!batch.queue.endsWith(AHEAD))
    return consumeBatch(batch as MessageBatch<FeedbackMessage>, async (tenant) => (await opened(tenant)).feedback);
  const { prefetches, readings, rerankings } = byKind(batch.messages as readonly Message<AheadMessage>[]);
  await consumeReadings(readings, async (tenant) => readerOf(await opened(tenant))); // first: they may be of somebody who is still here
  await consumePrefetches(prefetches, async (tenant) => {
    const { explanations, store } = await opened(tenant);
    return { explanations, snapshot: store.current?.snapshot };
  });
  return consumeRerankings(rerankings, async (tenant) => rerankerOf(await opened(tenant))); // last: answers are as good as before without them
}

/** Messages to the queue of the language model, by what they want. */
function byKind(messages: readonly Message<AheadMessage>[]) {
  const of = <K extends string>(kind: K) =>
    messages.filter((message): message is Message<Extract<AheadMessage, { kind: K }>> => message.body.kind === kind);
  return { prefetches: of('prefetch'), readings: of('reading'), rerankings: of('reranking') };
}

function readerOf({ readings, store, sessions }: Tenant): Reader {
  return {
    readings,
    lexicon: store.current?.lexicon,
    refine: ({ user, ids }, wishes) => sessions.refine(user, ids, wishes, Date.now()),
  };
}

function rerankerOf({ model, store, sessions }: Tenant): Reranker {
  return {
    model,
    open: async ({ user, scenario }) => store.current?.hold((serving) => currentList(user, scenario, serving, sessions, Date.now())),
    keep: (user, reranking) => sessions.keepReranking(user, reranking, Date.now()),
  };
}
