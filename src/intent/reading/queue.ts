import type { Wish } from '../../domain/critique.ts';
import type { Delivered } from '../../flight/delivered.ts';
import type { Lexicon } from '../lexicon.ts';
import { parseIntent } from '../parse.ts';
import { parseCritique } from '../parse-critique.ts';
import { groundCritique, groundQuery } from './ground.ts';
import type { CritiqueReference, ReadingMessage, Readings } from './readings.ts';

/** What a text of a tenant is read with. */
export interface Reader {
  readonly readings: Readings;
  /** Undefined while there is no catalogue. */
  readonly lexicon: Lexicon | undefined;
  /** Puts these wishes in the place of critiques. */
  readonly refine: (critique: CritiqueReference, wishes: readonly Wish[]) => Promise<unknown>;
}

/** Has texts read that nobody waits for. What fails is dropped: whoever says it again will ask. */
export async function consumeReadings(
  messages: readonly Delivered<ReadingMessage>[],
  openTenant: (tenant: string) => Promise<Reader>,
): Promise<void> {
  for (const message of messages) {
    try {
      const reader = await openTenant(message.body.tenant);
      if (reader.lexicon) await readText(message.body, reader, reader.lexicon);
    } catch (cause) {
      console.warn(JSON.stringify({ event: 'reading_dropped', error: String(cause) }));
    }
    message.ack();
  }
}

/** `dropped` of the log: parts of the reading that the catalogue does not have. */
async function readText({ said, place, critique }: ReadingMessage, { readings, refine }: Reader, lexicon: Lexicon): Promise<void> {
  const reading = await readings.read(said, lexicon, { place, urgency: 'prefetch' });
  if (!reading) return;
  if (said.kind === 'query') {
    const { meant, dropped } = groundQuery(reading, parseIntent(said.text, lexicon), lexicon);
    return console.log(JSON.stringify({ event: 'query_read', origin: meant.origin, dropped }));
  }
  const { meant, dropped } = groundCritique(reading, parseCritique(said.text, lexicon).wishes, lexicon);
  if (critique && meant.length > 0) await refine(critique, meant);
  console.log(JSON.stringify({ event: 'critique_read', wishes: meant.length, dropped }));
}
