import type { Embed } from '../amend/embed.ts';
import { embedByText } from '../amend/embed.ts';
import type { ChangeLog } from '../items/stored-item.ts';
import type { Snapshot } from '../snapshot.ts';
import type { WritableStorage } from '../storage.ts';
import type { Overlay } from './overlay.ts';
import { isOverlayDue, publishOverlay } from './publish-overlay.ts';

export interface PublisherOptions {
  readonly storage: WritableStorage;
  readonly catalogue: ChangeLog;
  /** The version that is served, as it was published. */
  readonly base: () => Snapshot | undefined;
  readonly onPublished: (overlay: Overlay) => void;
}

/** Publishes the overlay, one publication at a time: those who ask while one is under way share the next. */
export class OverlayPublisher {
  private readonly options: PublisherOptions;
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private embed: { readonly version: string; readonly by: Embed } | undefined;

  constructor(options: PublisherOptions) {
    this.options = options;
  }

  /** Settles when the overlay tells all that was written before the call. */
  publish(): Promise<void> {
    if (!this.running) return this.run();
    this.next ??= this.running
      .catch(() => undefined) // whoever asked for that one was told
      .then(() => {
        this.next = undefined;
        return this.run();
      });
    return this.next;
  }

  /** Whether the overlay lacks something, or tells of another version than the live one. */
  isDue(): Promise<boolean> {
    return isOverlayDue(this.options);
  }

  private run(): Promise<void> {
    this.running = this.publishNow().finally(() => (this.running = undefined));
    return this.running;
  }

  private async publishNow(): Promise<void> {
    const { storage, catalogue, base, onPublished } = this.options;
    const snapshot = base();
    const served = snapshot && { version: snapshot.version, rowOf: snapshot.rowOf, embed: () => this.embedFor(snapshot) };
    onPublished(await publishOverlay({ storage, catalogue, served }));
  }

  /** Reading the terms of a catalogue takes a while: once a version. */
  private embedFor(snapshot: Snapshot): Embed {
    if (this.embed?.version !== snapshot.version) this.embed = { version: snapshot.version, by: embedByText(snapshot) };
    return this.embed.by;
  }
}
