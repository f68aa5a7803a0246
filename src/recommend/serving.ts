import type { LaterPart, Snapshot } from '../catalog/snapshot.ts';
import { RowSet } from '../kernel/row-set.ts';
import { Lexicon } from '../intent/lexicon.ts';
import type { Scanner } from '../kernel/scan.ts';
import { ENCODER_IO } from '../model/encoder.ts';
import { FEATURE_COUNT } from '../model/features.ts';
import { RANKER_IO } from '../model/ranker.ts';
import { ItemTextEncoder } from '../model/text-encoder.ts';
import { makeTallies, type Tallies } from './horizon-tally.ts';
import { openItemColumns, type ItemColumns } from './item-columns.ts';
import { Models } from './models.ts';
import type { Engine } from './open-models.ts';
import { Permits } from './permits.ts';

export type { Engine } from './open-models.ts';

/** A snapshot ready to answer: its vectors in the scanner's memory and, once started, its encoder. */
export class Serving {
  readonly snapshot: Snapshot;
  readonly scanner: Scanner;
  readonly columns: ItemColumns;
  readonly permits: Permits;
  /** Scratch space for one request at a time, between two awaits. */
  readonly gathered: RowSet;
  readonly tallies: Tallies;
  /** [items] All 1 but while `withoutBarred` runs. */
  readonly allPermitted: Uint8Array;
  private readonly engine: Engine;
  private readonly models: Models;
  private words: Lexicon | undefined;
  private texts: ItemTextEncoder | undefined;
  private requests = 0;
  private retired = false;
  private released = false;

  /** `before` serves this version or another one: what both have, vectors or models, is shared, and so is scratch space. */
  constructor(snapshot: Snapshot, engine: Engine, before?: Serving) {
    this.engine = engine;
    this.models = (before && hasSameModels(before.snapshot, snapshot) ? before.models : new Models(snapshot, engine)).hold();
    this.scanner = before?.scanner.over(snapshot.vectors) ?? engine.openScanner(snapshot.vectors);
    this.snapshot = { ...snapshot, vectors: this.scanner.matrix }; // one copy of them, which the scan has
    this.columns = openItemColumns(snapshot);
    this.permits = new Permits(snapshot.items);
    const count = snapshot.items.length;
    const roomy = before?.snapshot.items.length === count ? before : undefined;
    this.gathered = roomy?.gathered ?? new RowSet(count);
    this.tallies = roomy?.tallies ?? makeTallies(count);
    this.allPermitted = roomy?.allPermitted ?? new Uint8Array(count).fill(1);
  }

  /** A vector index that finds the transformer's candidates, where there is one. */
  get vectors(): Engine['vectors'] {
    return this.engine.vectors;
  }

  /** The words of the catalogue. Made at the first search, so that no recommendation waits for them. */
  get lexicon(): Lexicon {
    return (this.words ??= new Lexicon(this.snapshot.items, (row) => !this.permits.withholds(row)));
  }

  /** The text encoder; made at the first search too. */
  get textEncoder(): ItemTextEncoder {
    return (this.texts ??= new ItemTextEncoder(this.snapshot.words));
  }

  /** The same version with an amended snapshot: its models run on. */
  amended(snapshot: Snapshot): Serving {
    return new Serving(snapshot, this.engine, this);
  }

  /** Whether the transformer takes part in answers yet. */
  get encoderReady(): boolean {
    return this.models.ready;
  }

  /** Why the encoder could not be opened, if it was tried. */
  get encoderFault(): string | undefined {
    return this.models.fault;
  }

  /** Why the runtime was started the usual way although a start had been recorded, if it was. */
  get startFault(): string | undefined {
    return this.models.startFault;
  }

  /** Whether the encoder should be started: not while it is being opened, nor for a while after that failed. */
  encoderDue(nowMs: number): boolean {
    return this.models.due(nowMs);
  }

  /** Opens the encoder, once; a failed start may be tried again. */
  startEncoder(nowMs: number): Promise<void> {
    return this.models.start(nowMs);
  }

  /** The vector [dims] of a user with this history of item rows, oldest first; the encoder must be ready. */
  async encodeUser(history: readonly number[]): Promise<Float32Array> {
    const { dims } = this.snapshot.vectors;
    const length = history.length;
    const rows = new Float32Array(length * dims); // [L, d]
    history.forEach((row, at) => this.scanner.read(row, rows, at * dims));
    return this.models.encoder.run({ [ENCODER_IO.rows]: { data: rows, shape: [length, dims] } });
  }

  /** The ranker's scores [C] of candidates with these features [C, FEATURE_COUNT]; it must be ready. */
  async rank(features: Float32Array): Promise<Float32Array> {
    const shape = [features.length / FEATURE_COUNT, FEATURE_COUNT];
    return this.models.ranker.run({ [RANKER_IO.features]: { data: features, shape } });
  }

  /** Runs `action` with this version, which stays usable until it is done even if a newer one takes its place. */
  async hold<R>(action: (serving: this) => Promise<R>): Promise<R> {
    this.requests++;
    try {
      return await action(this);
    } finally {
      this.requests--;
      this.releaseIfUnused();
    }
  }

  retire(): void {
    this.retired = true;
    this.releaseIfUnused();
  }

  private releaseIfUnused(): void {
    if (!this.retired || this.released || this.requests > 0) return;
    this.released = true;
    this.models.release();
  }
}

const hasSameModels = (a: Snapshot, b: Snapshot): boolean => isSameFile(a.encoder, b.encoder) && isSameFile(a.ranker, b.ranker);

const isSameFile = (a: LaterPart, b: LaterPart): boolean => a === b || (a.sha256 !== undefined && a.sha256 === b.sha256);
