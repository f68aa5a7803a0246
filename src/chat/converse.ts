import type { ChatEvent, ChatFallback, Conversation } from '../domain/chat.ts';
import { ModelUnavailable, type Caller, type ChatMessage, type LanguageModel, type ToolCall } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import type { RecommendedItem } from '../domain/recommendation.ts';
import type { Breach, Ground } from '../explain/grounding.ts';
import { takeCitations } from './citations.ts';
import { openingOf } from './prompt.ts';
import { describeItems, runCall, toldItems, TOOLS, type Tools } from './tools.ts';
import { passTurn } from './turn.ts';
import { WORDINGS } from './wording.ts';

export interface ConverseOptions {
  readonly model: LanguageModel;
  readonly caller: Caller;
  /** Aborted when the client is gone or the time is over. */
  readonly signal: AbortSignal;
  readonly onBreach: (breach: Breach, text: string) => void;
}

/**
 * Answers the last message of a conversation: the language model may have tools called in a few turns, and says what it makes of what they
 * found. Sentences are told as each passes the check, then the whole with the items that it cites, which replaces them. Where there is
 * no answer that may be shown, words of ours stand in for it, with all that was found. Rejects with the reason of `signal`, but for a `ModelUnavailable`.
 */
export async function* converse(
  { messages, locale }: Conversation,
  tools: Tools,
  { model, caller, signal, onBreach }: ConverseOptions,
): AsyncGenerator<ChatEvent, void> {
  const found = new Map<string, RecommendedItem>();
  const turns: ChatMessage[] = [openingOf(locale), ...messages];
  const ground = (): Ground => ({
    locale,
    given: Array.from(found.values(), ({ title }) => ({ title, categories: [], attributes: {} })),
    said: messages.map(({ content }) => content),
    charsMax: LIMITS.chatChars,
  });
  try {
    for (let round = 0; ; round++) {
      const offered = round < LIMITS.chatRounds ? TOOLS : [];
      const request = { messages: turns, tools: offered, tokensMax: LIMITS.chatTokens, temperature: 0, signal };
      const sentences = passTurn(model.converse(request, caller), ground());
      let next = await sentences.next();
      for (; !next.done; next = await sentences.next()) yield { kind: 'sentence', text: next.value };
      if ('breach' in next.value) {
        onBreach(next.value.breach, next.value.text);
        return yield fallBack('refused');
      }
      const { text, calls } = next.value;
      if (calls.length === 0) return yield answered(text);
      if (offered.length === 0) return yield fallBack('failed');
      turns.push(...(await performCalls(text, calls.slice(0, LIMITS.chatCalls))));
    }
  } catch (cause) {
    if (!(cause instanceof ModelUnavailable)) throw cause;
    return yield fallBack(cause.absence);
  }

  /** The turn as it was and what its calls gave. */
  async function performCalls(content: string, calls: readonly ToolCall[]): Promise<ChatMessage[]> {
    const results: ChatMessage[] = [];
    for (const call of calls) {
      const result = await runCall(call, tools);
      const items = 'error' in result ? [] : toldItems(result);
      for (const item of items) found.set(item.id, item);
      results.push({ role: 'tool', call: call.id, content: 'error' in result ? JSON.stringify(result) : describeItems(items) });
    }
    return [{ role: 'assistant', content, calls }, ...results];
  }

  /** Cited is what the text names, by its id or its title; an id that no tool gave is none. */
  function answered(said: string): ChatEvent {
    const { text, ids } = takeCitations(said);
    const named = [...found.values()].filter(({ title }) => text.toLowerCase().includes(title.toLowerCase())).map(({ id }) => id);
    const items = [...new Set([...ids, ...named])].flatMap((id) => found.get(id) ?? []);
    return { kind: 'done', text: text.trim(), items, origin: 'llm' };
  }

  function fallBack(fallback: ChatFallback): ChatEvent {
    const items = [...found.values()].slice(0, LIMITS.chatItems);
    return { kind: 'done', text: WORDINGS[locale][items.length > 0 ? 'found' : 'nothing'], items, origin: 'template', fallback };
  }
}
