import type { Snapshot } from '../catalog/snapshot.ts';
import type { ExplanationReference } from '../domain/explanation.ts';
import type { Caller, LanguageModel, Place } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Locale } from '../domain/locale.ts';
import type { RecommendedItem } from '../domain/recommendation.ts';
import { decodeEvents } from '../flight/events.ts';
import { FlightMemory } from '../flight/memory.ts';
import { openBrief, type Brief } from './brief.ts';
import { keyOf } from './key.ts';
import { promptFor } from './prompt.ts';
import { formatReference, parseReference } from './reference.ts';
import { fallBack, type ExplanationEvent } from './tell.ts';

/** Explanations to be written before anybody asks, on their way through the queue. */
export interface PrefetchMessage {
  readonly kind: 'prefetch';
  readonly tenant: string;
  readonly ids: readonly string[];
  readonly place: Place;
}

export interface ExplanationOptions {
  /** Whose catalogue the items are of. */
  readonly tenant: string;
  /** Whether there is a language model at all. */
  readonly enabled: boolean;
  /** A finished text, or null. */
  readonly read: (key: string) => Promise<string | null>;
  /** The events of an explanation, by the one object of its key. */
  readonly explain: (key: string, brief: Brief, caller: Caller) => Promise<ReadableStream<Uint8Array>>;
  readonly send: (message: PrefetchMessage) => Promise<unknown>;
  /** See `LanguageModel.isReady`. */
  readonly isReady: LanguageModel['isReady'];
  readonly nowMs: () => number;
}

/** Explanations as an isolate gives them: those it remembers at once, all others after an answer, or to whoever asks. */
export class Explanations {
  private readonly memory = new FlightMemory<string>(LIMITS.explanationsAsked);
  private readonly options: ExplanationOptions;

  constructor(options: ExplanationOptions) {
    this.options = options;
  }

  /** The items of an answer with the ids of their explanations, and the texts that are in memory. Waits for nothing. */
  attach(items: readonly RecommendedItem[], locale: Locale, snapshot: Snapshot): RecommendedItem[] {
    return items.map((item) => {
      const reference = referenceTo(item, locale);
      if (!reference) return item;
      const explanationId = formatReference(reference);
      const explanation = this.memory.valueOf(nameOf(explanationId, snapshot));
      return { ...item, explanationId, ...(explanation === undefined ? {} : { explanation }) };
    });
  }

  /**
   * After an answer was given: reads texts that are not in memory, so that later answers have them, and has those of the top
   * that were asked for before and nobody has written yet prefetched. What cannot be done is left undone; never rejects.
   */
  async prepare(items: readonly RecommendedItem[], snapshot: Snapshot, place: Place): Promise<void> {
    if (!this.options.enabled) return;
    const nowMs = this.options.nowMs();
    const ids = items.flatMap(({ explanationId }) => explanationId ?? []).slice(0, LIMITS.explanationsLookedUp);
    const top = new Set(ids.slice(0, LIMITS.explanationsPrefetched));
    const noted = ids.map((id) => ({ id, ...this.memory.note(nameOf(id, snapshot), nowMs) })).filter(({ look }) => look);
    try {
      const looked = await Promise.all(noted.map(async ({ id, make }) => ({ id, make, brief: await this.lookUp(id, snapshot) })));
      const wanted = looked.flatMap(({ id, make, brief }) => (make && brief?.fit && top.has(id) ? brief : []));
      if (wanted.length === 0 || !(await this.options.isReady(promptFor(wanted[0]!), { place, urgency: 'prefetch' }))) return;
      await this.options.send({
        kind: 'prefetch',
        tenant: this.options.tenant,
        ids: wanted.map(({ reference }) => formatReference(reference)),
        place,
      });
    } catch (cause) {
      console.warn(JSON.stringify({ event: 'explanations_unprepared', error: String(cause) }));
    }
  }

  /** Tells an explanation: sentences as they come, then the whole. Where none can be had, the reason as it is worded without. */
  async *tell(brief: Brief, snapshot: Snapshot, caller: Caller): AsyncGenerator<ExplanationEvent, void> {
    const { enabled, explain } = this.options;
    if (!enabled) return yield { kind: 'done', explanation: fallBack(brief, 'no-endpoint') };
    const name = nameOf(formatReference(brief.reference), snapshot);
    const text = this.memory.valueOf(name);
    if (text !== undefined) return yield { kind: 'done', explanation: { text, origin: 'llm' } };
    try {
      for await (const event of decodeEvents<ExplanationEvent>(await explain(await keyOf(brief), brief, caller))) {
        if (event.kind === 'done' && event.explanation.origin === 'llm') this.memory.remember(name, event.explanation.text);
        yield event;
        if (event.kind === 'done') return;
      }
    } catch (cause) {
      console.error(JSON.stringify({ event: 'explanation_lost', error: String(cause) }));
    }
    yield { kind: 'done', explanation: fallBack(brief, 'failed') };
  }

  /** Reads a text into memory; gives the brief of one that is not there. */
  private async lookUp(id: string, snapshot: Snapshot): Promise<Brief | undefined> {
    const brief = openBrief(parseReference(id), snapshot);
    const text = await this.options.read(await keyOf(brief));
    if (text === null) return brief;
    this.memory.remember(nameOf(id, snapshot), text);
    return undefined;
  }
}

/** In memory an explanation is known by its id and the version that its items are of: hashing what they say would take time. */
const nameOf = (id: string, { version }: Snapshot) => `${version} ${id}`;

function referenceTo({ id, reason: { kind, because } }: RecommendedItem, locale: Locale): ExplanationReference | undefined {
  return kind === 'goes-with' || kind === 'similar' || kind === 'popular'
    ? { kind, item: id, because: because.slice(0, LIMITS.explainedBecause), locale }
    : undefined;
}
