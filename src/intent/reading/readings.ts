import type { Reading, TextKind } from '../../domain/intent.ts';
import type { Caller, LanguageModel, Place } from '../../domain/language-model.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { Locale } from '../../domain/locale.ts';
import { decodeEvents } from '../../flight/events.ts';
import { FlightMemory } from '../../flight/memory.ts';
import type { Lexicon } from '../lexicon.ts';
import type { ReadingEvent } from './errand.ts';
import { keyOf } from './key.ts';
import { promptFor } from './prompt.ts';
import { parseReading } from './schema.ts';
import { sharedText } from './shared-text.ts';
import type { Task } from './task.ts';

/** What somebody typed. */
export interface Said {
  readonly kind: TextKind;
  readonly text: string;
  readonly locale: Locale;
}

/** The critiques that a text was read as by the rules: its reading takes their place. */
export interface CritiqueReference {
  readonly user: string;
  readonly ids: readonly string[];
}

/** A text to be read when nobody waits, on its way through the queue. */
export interface ReadingMessage {
  readonly kind: 'reading';
  readonly tenant: string;
  readonly said: Said;
  readonly place: Place;
  readonly critique?: CritiqueReference;
}

export interface ReadingOptions {
  readonly tenant: string;
  /** Whether there is a language model at all. */
  readonly enabled: boolean;
  /** A finished reading as it was kept, or null. */
  readonly recall: (key: string) => Promise<string | null>;
  /** How a reading ends, by the one object of its key. */
  readonly read: (key: string, task: Task, caller: Caller) => Promise<ReadableStream<Uint8Array>>;
  readonly send: (message: ReadingMessage) => Promise<unknown>;
  /** See `LanguageModel.isReady`. */
  readonly isReady: LanguageModel['isReady'];
  readonly nowMs: () => number;
}

/** Readings of queries and critiques as an isolate has them: those it remembers at once, all others after an answer. */
export class Readings {
  private readonly memory = new FlightMemory<Reading>(LIMITS.queriesAsked);
  private readonly options: ReadingOptions;

  constructor(options: ReadingOptions) {
    this.options = options;
  }

  /** The reading of a text that is in memory. Waits for nothing. */
  known(said: Said): Reading | undefined {
    const text = this.options.enabled ? sharedText(said.text) : undefined;
    return text === undefined ? undefined : this.memory.valueOf(nameOf(said, text));
  }

  /**
   * After an answer that the rules were not sure of: the reading, if somebody had it made, so that later answers have it too. If nobody has, it is
   * queued, a query only when it is asked again. What cannot be done is left undone; never rejects.
   */
  async prepare(said: Said, lexicon: Lexicon, place: Place, critique?: CritiqueReference): Promise<Reading | undefined> {
    const { enabled, send, isReady, tenant, nowMs } = this.options;
    const text = enabled ? sharedText(said.text) : undefined;
    if (text === undefined) return undefined;
    const { look, make } = said.kind === 'critique' ? { look: true, make: true } : this.memory.note(nameOf(said, text), nowMs());
    if (!look) return undefined;
    try {
      const task = this.taskOf(said, text, lexicon);
      const reading = await this.lookUp(said, task);
      if (!reading && make && (await isReady(promptFor(task), { place, urgency: 'prefetch' })))
        await send({ kind: 'reading', tenant, said: { ...said, text }, place, ...(critique && { critique }) });
      return reading;
    } catch (cause) {
      console.warn(JSON.stringify({ event: 'reading_unprepared', error: String(cause) }));
      return undefined;
    }
  }

  /** Has a text read that came through the queue; undefined where the language model gave nothing. */
  async read(said: Said, lexicon: Lexicon, caller: Caller): Promise<Reading | undefined> {
    const text = sharedText(said.text);
    if (text === undefined) return undefined;
    const task = this.taskOf(said, text, lexicon);
    for await (const event of decodeEvents<ReadingEvent>(await this.options.read(await keyOf(task), task, caller))) {
      if (!('reading' in event)) return undefined;
      this.memory.remember(nameOf(said, text), event.reading);
      return event.reading;
    }
    return undefined;
  }

  private taskOf({ kind, locale }: Said, text: string, lexicon: Lexicon): Task {
    return { kind, text, locale, tenant: this.options.tenant, ...lexicon.offer };
  }

  private async lookUp(said: Said, task: Task): Promise<Reading | undefined> {
    const kept = await this.options.recall(await keyOf(task));
    if (kept === null) return undefined;
    const reading = parseReading(JSON.parse(kept));
    this.memory.remember(nameOf(said, task.text), reading);
    return reading;
  }
}

const nameOf = ({ kind, locale }: Said, text: string) => `${kind} ${locale} ${text}`;
