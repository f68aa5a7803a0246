/** Tells the same events to everybody who listens, from the first one on, whenever they begin to. */
export class Broadcast<T> {
  private readonly past: T[] = [];
  private over = false;
  private change = Promise.withResolvers<void>();

  /** Tells all events of `source` and resolves after the last. */
  async run(source: AsyncIterable<T>): Promise<void> {
    try {
      for await (const event of source) {
        this.past.push(event);
        this.wake();
      }
    } finally {
      this.over = true;
      this.wake();
    }
  }

  async *listen(): AsyncGenerator<T, void> {
    for (let at = 0; ;) {
      const { promise } = this.change; // taken first: what happens while a listener is busy wakes it at once
      while (at < this.past.length) yield this.past[at++]!;
      if (this.over && at === this.past.length) return;
      await promise;
    }
  }

  private wake(): void {
    this.change.resolve();
    this.change = Promise.withResolvers();
  }
}
