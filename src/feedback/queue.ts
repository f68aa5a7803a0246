import type { FeedbackMessage } from '../domain/feedback.ts';
import type { Counters } from './counters.ts';
import { consume, type FeedbackStores } from './consume.ts';

/** A batch that failed comes again after this long, times the attempts it has had. */
const RETRY_SECONDS = 15;
const RETRY_SECONDS_MAX = 600;

/** Takes in a batch. What fails is given again: all of it together at first, then message by message, so that a bad one fails alone. */
export async function consumeBatch({ messages }: MessageBatch<FeedbackMessage>, stores: FeedbackStores): Promise<void> {
  const together = messages.every(({ attempts }) => attempts <= 1);
  for (const group of together ? [messages] : messages.map((message) => [message])) {
    try {
      await consume(
        group.map(({ body }) => body),
        stores,
      );
      for (const message of group) message.ack();
    } catch (cause) {
      console.error(JSON.stringify({ event: 'feedback_failed', messages: group.length, error: String(cause) }));
      for (const message of group) message.retry({ delaySeconds: Math.min(RETRY_SECONDS_MAX, RETRY_SECONDS * message.attempts) });
    }
  }
}

/** Keeps messages that failed too often in D1, where they can be looked at. One that cannot be kept stays in the dead-letter queue. */
export async function buryBatch({ messages }: MessageBatch<FeedbackMessage>, counters: Counters, nowMs: number): Promise<void> {
  for (const message of messages) {
    try {
      await counters.bury(message.id, message.body, nowMs);
      message.ack();
    } catch (cause) {
      console.error(JSON.stringify({ event: 'dead_letter_homeless', message: message.id, error: String(cause) }));
      message.retry({ delaySeconds: RETRY_SECONDS_MAX });
    }
  }
}
