import { loadSnapshot } from './load.ts';
import { parsePointer, type SnapshotPointer, type SnapshotReference } from './manifest.ts';
import type { Snapshot } from './snapshot.ts';
import { POINTER_KEY, type SnapshotStorage } from './storage.ts';

/** KV serves a copy of the pointer for at least this long. */
const POINTER_CACHE_SECONDS = 30;
/** After a failed first load, how long requests are answered without a snapshot before it is tried again. */
const RETRY_MS = 2_000;
/** How long requests wait for the first version; then they are answered without one, and it goes on loading. */
const PATIENCE_MS = 5_000;
/** A load that has not settled after this long never will: the request that started it is gone, and its reads with it. */
const LOST_MS = 60_000;

/** What a reader makes of a snapshot, once. */
export interface Prepared {
  readonly snapshot: Snapshot;
  /** Told when a newer version took its place; requests that hold it may still be under way. */
  retire(): void;
}

export interface StoreOptions<T extends Prepared> {
  readonly storage: SnapshotStorage;
  /** Makes a loaded snapshot ready to serve. `before` is what serves meanwhile, if anything. */
  readonly prepare: (snapshot: Snapshot, before: T | undefined) => Promise<T>;
  /** How often the pointer is looked at. */
  readonly checkEveryMs: number;
  /** Told of every version that was refused. */
  readonly onRefused?: (reason: unknown) => void;
}

/**
 * The version an isolate serves. A request takes `current` once and keeps it: it sees one version whole. A newer version is
 * loaded and prepared aside, then takes its place in one assignment; whatever is wrong with it, the old one stays.
 */
export class SnapshotStore<T extends Prepared> {
  current: T | undefined;
  /** Why the last version that was tried is not served; undefined while all is well. */
  lastFault: string | undefined;
  private readonly options: StoreOptions<T>;
  private loading: Promise<void> | undefined;
  private triedAtMs = -Infinity;
  private closed = false;

  constructor(options: StoreOptions<T>) {
    this.options = options;
  }

  /** Loads the first version if there is none yet; settles too when that fails or is late. Never rejects. */
  async open(nowMs: number): Promise<void> {
    if (!this.current && (this.loading || nowMs - this.triedAtMs >= RETRY_MS)) {
      const loading = this.load(nowMs);
      await settled(loading, this.triedAtMs + PATIENCE_MS - nowMs);
    }
  }

  /** Looks for a newer version if it is time to. Settles when no load is under way any more. Never rejects. */
  async refresh(nowMs: number): Promise<void> {
    if (this.loading || nowMs - this.triedAtMs >= this.options.checkEveryMs) await this.load(nowMs);
  }

  /** Lets go of the version, and of any that is still being loaded. */
  close(): void {
    this.closed = true;
    this.current?.retire();
  }

  /** One load at a time; those who come meanwhile wait for it. */
  private load(nowMs: number): Promise<void> {
    if (this.loading && nowMs - this.triedAtMs < LOST_MS) return this.loading;
    this.triedAtMs = nowMs;
    const loading = this.loadCurrent().finally(() => {
      if (this.loading === loading) this.loading = undefined; // one that was given up on may settle while its successor loads
    });
    this.loading = loading;
    return loading;
  }

  private async loadCurrent(): Promise<void> {
    try {
      const pointer = await this.readPointer();
      if (pointer.version === this.current?.snapshot.version) {
        this.lastFault = undefined;
        return;
      }
      const fault = await this.tryVersion(pointer);
      if (fault !== undefined && !this.current && pointer.previous) await this.tryVersion(pointer.previous);
      this.lastFault = fault;
    } catch (cause) {
      this.refuse(cause);
    }
  }

  /** Serves a version if it is whole; otherwise returns what is wrong with it. */
  private async tryVersion(reference: SnapshotReference): Promise<string | undefined> {
    try {
      const snapshot = await loadSnapshot(this.options.storage, reference);
      const prepared = await this.options.prepare(snapshot, this.current);
      const before = this.current;
      this.current = prepared;
      before?.retire();
      if (this.closed) prepared.retire();
      return undefined;
    } catch (cause) {
      return this.refuse(cause);
    }
  }

  private async readPointer(): Promise<SnapshotPointer> {
    const value = await this.options.storage.read(POINTER_KEY, POINTER_CACHE_SECONDS);
    if (!value) throw new Error('no snapshot has been published yet: run `edgewise publish`');
    return parsePointer(new Uint8Array(value));
  }

  private refuse(cause: unknown): string {
    this.options.onRefused?.(cause);
    this.lastFault = cause instanceof Error ? cause.message : String(cause);
    return this.lastFault;
  }
}

/** Waits for `promise`, but not longer than `patienceMs`. */
async function settled(promise: Promise<void>, patienceMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, patienceMs);
  await Promise.race([promise, late.promise]);
  clearTimeout(timer);
}
