import type { TrendingQuery } from '../feedback/counters.ts';

/** How long a list is good, and after a failed read how long it is not tried again. */
const FRESH_MS = 60_000;
const LISTS_REMEMBERED = 64;

export interface Trending {
  readonly item: string;
  readonly score: number;
}

/** What is trending, as it was counted. */
export interface Trends {
  trending(query: TrendingQuery, nowMs: number): Promise<readonly Trending[]>;
}

interface Memory {
  readonly list: readonly Trending[] | undefined;
  /** When it was last asked for. */
  readonly askedMs: number;
}

/**
 * The trending lists that an isolate knows, so that no answer waits for the counters but the first of a list. They are read again
 * after a response, at most once a minute each. The last few lists are remembered.
 */
export class TrendMemory {
  private readonly trends: Trends;
  private readonly memories = new Map<string, Memory>();

  constructor(trends: Trends) {
    this.trends = trends;
  }

  /** The list as far as it is known, undefined if it was never read. Reads nothing. */
  known(query: TrendingQuery): readonly Trending[] | undefined {
    return this.memories.get(keyOf(query))?.list;
  }

  /** The list; reads it if it is not known. Rejects if it cannot be read. */
  async read(query: TrendingQuery, nowMs: number): Promise<readonly Trending[]> {
    return this.known(query) ?? this.load(query, nowMs);
  }

  /** Reads the list again if it is time to. Never rejects. */
  async refresh(query: TrendingQuery, nowMs: number): Promise<void> {
    const memory = this.memories.get(keyOf(query));
    if (!memory || nowMs - memory.askedMs >= FRESH_MS) await this.load(query, nowMs).catch(warnUnreadable);
  }

  private async load(query: TrendingQuery, nowMs: number): Promise<readonly Trending[]> {
    this.remember(query, { list: this.known(query), askedMs: nowMs }); // before any await: others need not ask as well
    const list = await this.trends.trending(query, nowMs);
    this.remember(query, { list, askedMs: nowMs });
    return list;
  }

  private remember(query: TrendingQuery, memory: Memory): void {
    const key = keyOf(query);
    this.memories.delete(key); // the one asked for longest ago is the first to go
    this.memories.set(key, memory);
    if (this.memories.size > LISTS_REMEMBERED) this.memories.delete(this.memories.keys().next().value!);
  }
}

export function warnUnreadable(cause: unknown): void {
  console.warn(JSON.stringify({ event: 'trends_unreadable', error: String(cause) }));
}

function keyOf({ country, category }: TrendingQuery): string {
  return JSON.stringify([country, category]);
}
