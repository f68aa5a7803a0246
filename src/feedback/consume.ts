import type { FeedbackMessage, StreamedInteraction } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Counters } from './counters.ts';
import { lineOfInteraction, lineOfMerge, type TrainingLog } from './log.ts';
import { eraseVisitorsOf, lastingMerges, type MergeStores } from './merges.ts';
import type { Traces } from './traces.ts';
import { tallyUp } from './tally.ts';

/** What the consumer works with; all of it belongs to one tenant. */
export interface FeedbackStores extends MergeStores {
  readonly counters: Counters;
  readonly log: TrainingLog;
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** Of an item as the catalogue has it now; nothing if it does not. */
  readonly categoriesOf: (item: string) => readonly string[];
}

/**
 * Takes in messages of the queue: erases, logs, counts. A message may come twice: what was counted is not counted again. A
 * batch that failed after it was logged is logged again: who reads the log keeps one line of each user and id. Rejects if a part failed; then all of it may be given again.
 */
export async function consume(messages: readonly FeedbackMessage[], stores: FeedbackStores): Promise<void> {
  const { counters, traces, log, categoriesOf } = stores;
  const nowMs = stores.nowMs();
  for (const message of messages) if (message.kind === 'erase') await traces.recordErasure(message.user, message.untilMs);

  const sent = messages.flatMap((message) => (message.kind === 'interactions' ? message.interactions : []));
  const distinct = [...new Map(sent.map((interaction) => [JSON.stringify([interaction.user, interaction.id]), interaction])).values()];
  const fresh = await unerased(await counters.uncounted(distinct), traces);
  const merges = await lastingMerges(
    messages.flatMap((message) => (message.kind === 'merge' ? [message] : [])),
    stores,
  );
  if (fresh.length + merges.length > 0) {
    const key = log.keyFor(nowMs, stores.newId());
    const named = [...fresh.map(({ user }) => user), ...merges.flatMap(({ visitor, user }) => [visitor, user])];
    await traces.indexLog(key, [...new Set(named)]); // first: an object that no index names could not be erased
    await log.append(key, [...fresh.map(lineOfInteraction), ...merges.map(lineOfMerge)]);
    await counters.count(fresh, tallyUp(fresh, categoriesOf), nowMs);
    await traces.recordMerges(merges);
  }

  for (const message of messages) {
    if (message.kind !== 'erase') continue;
    await eraseVisitorsOf(message.user, message.untilMs, stores);
    await eraseFromLog(message.user, message.untilMs, stores);
  }
}

/** Those of users who were not erased since. */
async function unerased(interactions: readonly StreamedInteraction[], traces: Traces): Promise<StreamedInteraction[]> {
  const erased = await traces.erasedUntilMs(interactions.map(({ user }) => user));
  return interactions.filter(({ user, receivedMs }) => receivedMs > (erased.get(user) ?? -Infinity));
}

async function eraseFromLog(user: string, untilMs: number, { traces, log }: FeedbackStores): Promise<void> {
  const keys = await traces.logKeysOf(user, LIMITS.erasedObjects + 1);
  for (const key of keys.slice(0, LIMITS.erasedObjects)) {
    if (!(await log.erase(key, user, untilMs))) await traces.forgetLogKey(user, key);
  }
  if (keys.length > LIMITS.erasedObjects) throw new Error(`there is more of a user to erase than ${LIMITS.erasedObjects} objects`);
}
