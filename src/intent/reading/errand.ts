import type { Reading } from '../../domain/intent.ts';
import { ModelUnavailable, type Caller, type LanguageModel, type ModelAbsence } from '../../domain/language-model.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { Errand } from '../../flight/flight.ts';
import { promptFor } from './prompt.ts';
import { parseReading } from './schema.ts';
import type { Task } from './task.ts';

/** How an errand of reading ends: with a reading, or with why there is none. */
export type ReadingEvent = { readonly reading: Reading } | { readonly absence: ModelAbsence };

/** Has a text read, once for everybody who says it. */
export function readingErrand(task: Task, model: LanguageModel, caller: Caller): Errand<ReadingEvent> {
  return {
    async *work() {
      try {
        yield { reading: await model.ask(promptFor(task), caller) };
      } catch (cause) {
        if (!(cause instanceof ModelUnavailable)) throw cause;
        yield { absence: cause.absence };
      }
    },
    landing: (event) =>
      'reading' in event
        ? { keptMs: LIMITS.readingTtlMs, text: JSON.stringify(event.reading) }
        : { keptMs: event.absence === 'failed' ? LIMITS.readingRetryMs : 0 },
    recall: (text) => ({ reading: parseReading(JSON.parse(text)) }),
  };
}
