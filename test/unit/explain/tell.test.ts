import { describe, expect, test } from 'vitest';
import { ModelUnavailable, type LanguageModel } from '../../../src/domain/language-model.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { tell } from '../../../src/explain/tell.ts';
import { makeBrief, sayingModel } from './fixture.ts';

const CALLER = { place: {}, urgency: 'waiting' } as const;
const WORDED = { text: 'Goes with SET OF 6 MUGS', origin: 'template' };
const FIRST = 'It goes well with the SET OF 6 MUGS that you chose.';

async function told(model: LanguageModel) {
  const breaches: string[] = [];
  const events = await Array.fromAsync(tell(makeBrief(), model, CALLER, (breach) => void breaches.push(breach)));
  return { events, breaches };
}
const says = (...pieces: string[]) => told(sayingModel(() => pieces));

describe('an explanation', () => {
  test('is told by the sentence, however it comes in pieces', async () => {
    const text = `${FIRST} People often like both.`;
    const events = [
      { kind: 'sentence', text: FIRST },
      { kind: 'done', explanation: { text, origin: 'llm' } },
    ];
    for (const pieces of [[text], text.split(''), text.split(/(?<= )/)]) expect((await says(...pieces)).events).toEqual(events);
  });

  test('shows nothing of a sentence before all of it was checked', async () => {
    const { events, breaches } = await says(...'It is so cheap that people like it. Really. '.split(''));
    expect(events).toEqual([{ kind: 'done', explanation: { ...WORDED, fallback: 'refused' } }]);
    expect(breaches).toEqual(['claim']);
  });

  test('hangs up where something is wrong', async () => {
    let asked = 0;
    const endless = async function* () {
      for (;;) {
        asked++;
        yield 'It is cheap. ';
      }
    };
    expect((await told({ ...sayingModel(() => []), stream: endless })).breaches).toEqual(['claim']);
    expect(asked).toBe(1);
  });

  test('is as long as it may be and no longer', async () => {
    const longest = FIRST.padEnd(LIMITS.explanationChars, ' it is for you');
    expect((await says(longest)).breaches).toEqual([]);
    expect((await says(`${longest}x`)).breaches).toEqual(['long']);
  });

  test('is the worded reason where the model fails in the middle', async () => {
    const breaksOff = async function* () {
      yield `${FIRST} And`;
      throw new ModelUnavailable('failed', 'broke off');
    };
    const { events } = await told({ ...sayingModel(() => []), stream: breaksOff });
    expect(events.at(-1)).toEqual({ kind: 'done', explanation: { ...WORDED, fallback: 'failed' } });
  });
});
