import { latestChanges, type Change } from '../amend/change.ts';
import type { Overlay } from './overlay.ts';

/** What an isolate knows to have changed: what the overlay told, and what was written here and no overlay tells of yet. */
export class KnownChanges {
  all: readonly Change[] = [];
  private followed: Pick<Overlay, 'version' | 'since' | 'upTo'> | undefined;

  /** Whether it is told of everything that a snapshot with the writes up to `upTo` lacks. */
  covers(upTo: number): boolean {
    return upTo >= (this.followed?.since ?? 0);
  }

  /** Adds changes; of two of one item the later counts. */
  learn(changes: readonly Change[]): void {
    this.all = latestChanges(this.all, changes);
  }

  /** Takes what an overlay tells, and keeps what is later still. False if it was taken before. */
  follow(overlay: Overlay, servedUpTo: number | undefined): boolean {
    const { version, since, upTo, changes } = overlay;
    const { followed } = this;
    if (followed?.version === version && followed.since === since && followed.upTo === upTo) return false;
    this.followed = { version, since, upTo };
    // A version from before the overlay's beginning is served only while newer ones are refused: nothing it needs may be forgotten.
    const isWhole = servedUpTo === undefined || servedUpTo >= since;
    this.all = latestChanges(changes, isWhole ? this.all.filter(({ seq }) => seq > upTo) : this.all);
    return true;
  }
}
