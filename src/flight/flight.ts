import { Broadcast } from './broadcast.ts';

/** How the result of an errand is kept: for so long, and for everybody else as this text, if it is one for everybody. */
export interface Landing {
  readonly keptMs: number;
  readonly text?: string;
}

/** Something to be done once for all who ask. */
export interface Errand<E> {
  /** Does it and tells of it; the last event is its result. */
  readonly work: () => AsyncIterable<E>;
  /** How an event is kept; undefined for one that is not the result. */
  readonly landing: (event: E) => Landing | undefined;
  /** The result again, out of its text. */
  readonly recall: (text: string) => E;
}

export interface Kept<E> {
  readonly event: E;
  readonly untilMs: number;
}

export interface FlightOptions<E> {
  /** What is kept here, because what is told everybody may take a minute to be seen elsewhere. */
  readonly kept: () => Kept<E> | undefined;
  readonly keep: (kept: Kept<E>) => Promise<void>;
  /** Texts for everybody, by key. */
  readonly read: (key: string) => Promise<string | null>;
  readonly write: (key: string, text: string, forMs: number) => Promise<void>;
  readonly waitUntil: (work: Promise<void>) => void;
  readonly nowMs: () => number;
}

/** The errand of one key: whoever asks for it is told by the one that is under way, or what that gave. */
export class Flight<E> {
  private telling: Broadcast<E> | undefined;
  private readonly options: FlightOptions<E>;

  constructor(options: FlightOptions<E>) {
    this.options = options;
  }

  /** The events of the errand, from the first one on. */
  join(key: string, errand: Errand<E>): AsyncGenerator<E, void> {
    this.telling ??= this.begin(key, errand);
    return this.telling.listen();
  }

  private begin(key: string, errand: Errand<E>): Broadcast<E> {
    const telling = new Broadcast<E>();
    const end = () => void (this.telling = undefined);
    const failed = (cause: unknown) => console.error(JSON.stringify({ event: 'flight_failed', key, error: String(cause) }));
    this.options.waitUntil(telling.run(this.fly(key, errand)).catch(failed).finally(end)); // to its end, whoever hangs up
    return telling;
  }

  private async *fly(key: string, { work, landing, recall }: Errand<E>): AsyncGenerator<E, void> {
    const { kept, read, nowMs } = this.options;
    const known = kept();
    if (known && known.untilMs > nowMs()) return yield known.event;
    const text = await read(key);
    if (text !== null) return yield recall(text);
    for await (const event of work()) {
      const landed = landing(event);
      if (landed && landed.keptMs > 0) await this.land(key, event, landed);
      yield event;
    }
  }

  private async land(key: string, event: E, { keptMs, text }: Landing): Promise<void> {
    const { keep, write, nowMs } = this.options;
    await keep({ event, untilMs: nowMs() + keptMs });
    if (text !== undefined) await write(key, text, keptMs); // before the last listener hears of it
  }
}
