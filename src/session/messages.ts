import type { FeedbackMessage } from '../domain/feedback.ts';
import type { Interaction } from '../domain/interaction.ts';
import { LIMITS } from '../domain/limits.ts';

/** Interactions in messages short enough for the queue. */
export function messagesOf(interactions: readonly Interaction[]): FeedbackMessage[] {
  const messages: FeedbackMessage[] = [];
  for (let at = 0; at < interactions.length; at += LIMITS.messageInteractions)
    messages.push({ kind: 'interactions', interactions: interactions.slice(at, at + LIMITS.messageInteractions) });
  return messages;
}
