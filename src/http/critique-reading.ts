import type { Context } from 'hono';
import type { Wish } from '../domain/critique.ts';
import { parseCritique } from '../intent/parse-critique.ts';
import { isDoubtful } from '../intent/reading/doubt.ts';
import { groundCritique } from '../intent/reading/ground.ts';
import type { CritiqueReference, Said } from '../intent/reading/readings.ts';
import type { Serving } from '../recommend/serving.ts';
import { placeOf } from './place.ts';
import { responseSent } from './serve.ts';
import type { Services } from './services.ts';

interface ReadCritique {
  readonly wishes: readonly Wish[];
  readonly unknown: readonly string[];
  readonly origin?: 'llm';
  /** Whether a language model may read it better. */
  readonly doubtful: boolean;
}

/** What a critique wishes, at once: as a language model read the same words before, or else by the rules. */
export function readCritique(said: Said, { lexicon }: Serving, { readings }: Services): ReadCritique {
  const { wishes, unknown } = parseCritique(said.text, lexicon);
  const reading = readings.known(said);
  const meant = reading ? groundCritique(reading, wishes, lexicon).meant : [];
  if (meant.length > 0) return { wishes: meant, unknown: [], origin: 'llm', doubtful: false };
  const phrases = wishes.flatMap((wish) => ('words' in wish ? [wish.words] : []));
  return { wishes, unknown, doubtful: !reading && isDoubtful(unknown, phrases, lexicon) };
}

/** After the response: what a language model makes of the words takes the place of the critiques that the rules made of them. */
export function refineLater(said: Said, critique: CritiqueReference, { lexicon }: Serving, c: Context, services: Services): void {
  const { readings, sessions, nowMs } = services;
  const place = placeOf(c);
  const refine = async () => {
    await responseSent();
    const reading = await readings.prepare(said, lexicon, place, critique);
    const meant = reading ? groundCritique(reading, parseCritique(said.text, lexicon).wishes, lexicon).meant : [];
    if (meant.length > 0) await sessions.refine(critique.user, critique.ids, meant, nowMs());
  };
  c.executionCtx.waitUntil(
    refine().catch((cause: unknown) => console.warn(JSON.stringify({ event: 'critique_unrefined', error: String(cause) }))),
  );
}
