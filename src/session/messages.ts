import type { FeedbackMessage, StreamedInteraction } from '../domain/feedback.ts';
import { byTime, type Interaction } from '../domain/interaction.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Session } from './session.ts';

/** New interactions of a session in messages short enough for the queue, each with what came before it in `session`. */
export function messagesOf(tenant: string, fresh: readonly Interaction[], session: Session): FeedbackMessage[] {
  const streamed = fresh.map((interaction) => ({ ...interaction, after: itemsBefore(interaction, session) }));
  const messages: FeedbackMessage[] = [];
  for (let at = 0; at < streamed.length; at += LIMITS.messageInteractions)
    messages.push({ kind: 'interactions', tenant, interactions: streamed.slice(at, at + LIMITS.messageInteractions) });
  return messages;
}

/** The last few other items that the user spoke for before an interaction that speaks for its own, newest first. */
function itemsBefore(interaction: Interaction, { done }: Session): StreamedInteraction['after'] {
  if (interaction.weight <= 0) return [];
  const before = done.filter((earlier) => earlier.weight > 0 && byTime(earlier, interaction) < 0).toReversed();
  const items = new Set(before.map(({ item }) => item));
  items.delete(interaction.item);
  return [...items].slice(0, LIMITS.itemsBefore);
}
