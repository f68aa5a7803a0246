/** How long a value is good, and after a failed read how long it is not tried again. */
const FRESH_MS = 60_000;
const VALUES_REMEMBERED = 64;

interface Remembered<V> {
  readonly value: V | undefined;
  /** When it was last asked for. */
  readonly askedMs: number;
}

/**
 * What an isolate remembers of the counters, by question, so that no recommendation waits for them: values are read again after a
 * response, at most once a minute each. The last few are remembered.
 */
export class Memory<Q, V> {
  private readonly load: (question: Q, nowMs: number) => Promise<V>;
  private readonly keyOf: (question: Q) => string;
  private readonly remembered = new Map<string, Remembered<V>>();

  /** Questions with the same key have the same answer. */
  constructor(load: (question: Q, nowMs: number) => Promise<V>, keyOf: (question: Q) => string) {
    this.load = load;
    this.keyOf = keyOf;
  }

  /** The value as far as it is known, undefined if it was never read. Reads nothing. */
  known(question: Q): V | undefined {
    return this.remembered.get(this.keyOf(question))?.value;
  }

  /** The value; reads it if it is not known. Rejects if it cannot be read. */
  async read(question: Q, nowMs: number): Promise<V> {
    return this.known(question) ?? this.readAgain(question, nowMs);
  }

  /** Reads the value again if it is time to. Never rejects. */
  async refresh(question: Q, nowMs: number): Promise<void> {
    const remembered = this.remembered.get(this.keyOf(question));
    if (!remembered || nowMs - remembered.askedMs >= FRESH_MS) await this.readAgain(question, nowMs).catch(warnUnreadable);
  }

  private async readAgain(question: Q, nowMs: number): Promise<V> {
    this.remember(question, { value: this.known(question), askedMs: nowMs }); // before any await: others need not ask as well
    const value = await this.load(question, nowMs);
    this.remember(question, { value, askedMs: nowMs });
    return value;
  }

  private remember(question: Q, remembered: Remembered<V>): void {
    const key = this.keyOf(question);
    this.remembered.delete(key); // the one asked for longest ago is the first to go
    this.remembered.set(key, remembered);
    if (this.remembered.size > VALUES_REMEMBERED) this.remembered.delete(this.remembered.keys().next().value!);
  }
}

export function warnUnreadable(cause: unknown): void {
  console.warn(JSON.stringify({ event: 'counters_unreadable', error: String(cause) }));
}
