import type { FeedbackMessage } from '../domain/feedback.ts';
import { DEFAULT_TENANT } from '../domain/tenant.ts';
import { consume, type FeedbackStores } from './consume.ts';
import type { DeadLetters } from './dead-letters.ts';

/** A batch that failed comes again after this long, times the attempts it has had. */
const RETRY_SECONDS = 15;
const RETRY_SECONDS_MAX = 600;

const tenantOf = ({ body }: Message<FeedbackMessage>) => body.tenant ?? DEFAULT_TENANT;

/**
 * Takes in a batch, tenant by tenant. What fails is given again: all of a tenant's together at first, then message by message, so that a bad one
 * fails alone.
 */
export async function consumeBatch(
  { messages }: MessageBatch<FeedbackMessage>,
  storesOf: (tenant: string) => Promise<FeedbackStores>,
): Promise<void> {
  for (const [tenant, theirs] of Map.groupBy(messages, tenantOf)) {
    const together = theirs.every(({ attempts }) => attempts <= 1);
    for (const group of together ? [theirs] : theirs.map((message) => [message])) {
      try {
        await consume(
          group.map(({ body }) => body),
          await storesOf(tenant),
        );
        for (const message of group) message.ack();
      } catch (cause) {
        console.error(JSON.stringify({ event: 'feedback_failed', tenant, messages: group.length, error: String(cause) }));
        for (const message of group) message.retry({ delaySeconds: Math.min(RETRY_SECONDS_MAX, RETRY_SECONDS * message.attempts) });
      }
    }
  }
}

/** Keeps messages that failed too often in D1, where they can be looked at. One that cannot be kept stays in the dead-letter queue. */
export async function buryBatch(
  { messages }: MessageBatch<FeedbackMessage>,
  lettersOf: (tenant: string) => DeadLetters,
  nowMs: number,
): Promise<void> {
  for (const message of messages) {
    try {
      await lettersOf(tenantOf(message)).bury(message.id, message.body, nowMs);
      message.ack();
    } catch (cause) {
      console.error(JSON.stringify({ event: 'dead_letter_homeless', message: message.id, error: String(cause) }));
      message.retry({ delaySeconds: RETRY_SECONDS_MAX });
    }
  }
}
