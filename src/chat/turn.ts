import type { ToolCall } from '../domain/language-model.ts';
import { findBreach, type Breach, type Ground } from '../explain/grounding.ts';
import { endOfSentences } from '../explain/sentences.ts';
import { takeCitations } from './citations.ts';

/** How a turn ended: with the text that was said (citations left in it) and the calls that are wanted, or with what may not be shown. */
export type TurnEnd = { readonly text: string; readonly calls: readonly ToolCall[] } | { readonly breach: Breach; readonly text: string };

/**
 * Passes on a turn by the sentence, each when it is complete and nothing is wrong with all that was said so far (decision
 * 042). The first breach ends the turn.
 */
export async function* passTurn(pieces: AsyncIterable<string | ToolCall>, ground: Ground): AsyncGenerator<string, TurnEnd> {
  const calls: ToolCall[] = [];
  let text = '';
  let passed = 0; // characters of the text without citations
  for await (const piece of pieces) {
    if (typeof piece !== 'string') {
      calls.push(piece);
      continue;
    }
    text += piece;
    const said = takeCitations(text.slice(0, endOfSentences(text))).text;
    if (said.length <= passed) continue;
    const breach = findBreach(said, ground, false);
    if (breach) return { breach, text };
    yield said.slice(passed);
    passed = said.length;
  }
  const whole = takeCitations(text).text;
  const breach = calls.length === 0 ? findBreach(whole, ground, true) : undefined;
  return breach ? { breach, text } : { text, calls };
}
