import type { Caller, LanguageModel } from '../domain/language-model.ts';
import { FlightObject, type FlightEnv } from '../flight/object.ts';
import type { Brief } from './brief.ts';
import { explanationErrand } from './errand.ts';
import type { ExplanationEvent } from './tell.ts';

/** The explanation of one key: whoever asks for it is told by the one call that is under way, or what that gave. */
export abstract class ExplanationObject<Env extends FlightEnv> extends FlightObject<Env, ExplanationEvent> {
  protected abstract readonly model: LanguageModel;

  /** The events of this explanation, from the first one on, as `decodeEvents` reads them. */
  explain(key: string, brief: Brief, caller: Caller): ReadableStream<Uint8Array> {
    return this.join(key, explanationErrand(key, brief, this.model, caller));
  }
}
