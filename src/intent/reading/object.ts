import type { Caller, LanguageModel } from '../../domain/language-model.ts';
import { FlightObject, type FlightEnv } from '../../flight/object.ts';
import { readingErrand, type ReadingEvent } from './errand.ts';
import type { Task } from './task.ts';

/** The reading of one text: whoever wants it is told by the one call that is under way, or what that gave. */
export abstract class ReadingObject<Env extends FlightEnv> extends FlightObject<Env, ReadingEvent> {
  protected abstract readonly model: LanguageModel;

  /** How the reading of this text ends, as `decodeEvents` reads it. */
  read(key: string, task: Task, caller: Caller): ReadableStream<Uint8Array> {
    return this.join(key, readingErrand(task, this.model, caller));
  }
}
