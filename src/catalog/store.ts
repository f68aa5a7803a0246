import { publishLine } from '../domain/command.ts';
import { firstRows } from '../kernel/quantize.ts';
import { amendSnapshot } from './amend/amend-snapshot.ts';
import type { Change } from './amend/change.ts';
import { loadSnapshot, SnapshotError } from './load.ts';
import { parsePointer, type SnapshotPointer, type SnapshotReference } from './manifest.ts';
import { KnownChanges } from './overlay/known-changes.ts';
import type { Overlay } from './overlay/overlay.ts';
import { readOverlay } from './overlay/publish-overlay.ts';
import { settled } from './settled.ts';
import type { Snapshot } from './snapshot.ts';
import { POINTER_KEY, type SnapshotStorage } from './storage.ts';

/** KV serves a copy of the pointer and of the overlay for at least this long. */
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
  /** Whose versions they are. */
  readonly tenant: string;
  readonly storage: SnapshotStorage;
  /** Makes a loaded snapshot ready to serve. `before` is what serves meanwhile, if anything. */
  readonly prepare: (snapshot: Snapshot, before: T | undefined) => Promise<T>;
  /** Makes the same version, amended, ready at once. */
  readonly amend: (current: T, snapshot: Snapshot) => T;
  /** How often the pointer and the overlay are looked at. */
  readonly checkEveryMs: number;
  /** Told of every version that was refused. */
  readonly onRefused?: (reason: unknown) => void;
}

/**
 * The version an isolate serves. A request takes `current` once and keeps it: it sees one version whole. A newer version is
 * loaded and prepared aside, then takes its place in one assignment; whatever is wrong with it, the old one stays. What changed since a
 * version was made is told by the overlay, and served with it.
 */
export class SnapshotStore<T extends Prepared> {
  current: T | undefined;
  /** Why the last version that was tried is not served; undefined while all is well. */
  lastFault: string | undefined;
  /** The version as it was published. */
  base: Snapshot | undefined;
  private readonly known = new KnownChanges();
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

  /** Whether it is time to look for a newer version, or one is being loaded. */
  isDue(nowMs: number): boolean {
    return this.loading !== undefined || nowMs - this.triedAtMs >= this.options.checkEveryMs;
  }

  /** Looks for a newer version if it is time to. Settles when no load is under way any more. Never rejects. */
  async refresh(nowMs: number): Promise<void> {
    if (this.isDue(nowMs)) await this.load(nowMs);
  }

  /** Lets go of the version, and of any that is still being loaded. */
  close(): void {
    this.closed = true;
    this.current?.retire();
  }

  /** Serves changes from now on, before any overlay tells of them. */
  learn(changes: readonly Change[]): void {
    this.known.learn(changes);
    this.amend();
  }

  /** Serves what an overlay tells. */
  follow(overlay: Overlay): void {
    if (this.known.follow(overlay, this.base?.upTo)) this.amend();
  }

  private amend(): void {
    const before = this.current;
    if (!before || !this.base || this.closed) return; // what was let go of is not made anew
    this.current = this.options.amend(before, amendSnapshot(this.base, this.known.all));
    before.retire();
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
      const [pointer, overlay] = await Promise.all([this.readPointer(), readOverlay(this.options.storage, POINTER_CACHE_SECONDS)]);
      if (overlay) this.follow(overlay);
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
      const snapshot = await loadSnapshot(this.options.storage, reference, this.base);
      if (!this.known.covers(snapshot.upTo))
        throw new SnapshotError(`snapshot ${reference.version} has to wait for an overlay that tells all it lacks: about a minute`);
      const { all } = this.known;
      const prepared = await this.options.prepare(amendSnapshot(snapshot, all), this.current);
      const before = this.current;
      // What a reader has made of the vectors takes the place of the bytes that were read.
      this.base = { ...snapshot, vectors: firstRows(prepared.snapshot.vectors, snapshot.vectors.count) };
      this.current = prepared;
      before?.retire();
      if (this.closed) prepared.retire();
      else if (this.known.all !== all) this.amend(); // changes came while it was being prepared
      return undefined;
    } catch (cause) {
      return this.refuse(cause);
    }
  }

  private async readPointer(): Promise<SnapshotPointer> {
    const { storage, tenant } = this.options;
    const value = await storage.read(POINTER_KEY, POINTER_CACHE_SECONDS);
    if (!value) throw new Error(`no snapshot has been published yet: \`${publishLine({ tenant })}\` publishes the demo's`);
    return parsePointer(new Uint8Array(value));
  }

  private refuse(cause: unknown): string {
    this.options.onRefused?.(cause);
    this.lastFault = cause instanceof Error ? cause.message : String(cause);
    return this.lastFault;
  }
}
