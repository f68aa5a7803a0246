import type { Snapshot } from '../catalog/snapshot.ts';
import { LIMITS } from '../domain/limits.ts';
import type { QuantizedMatrix } from '../kernel/quantize.ts';
import { RowSet } from '../kernel/row-set.ts';
import { Lexicon } from '../intent/lexicon.ts';
import type { Scanner } from '../kernel/scan.ts';
import { ENCODER_IO } from '../model/encoder.ts';
import { FEATURE_COUNT } from '../model/features.ts';
import { RANKER_IO } from '../model/ranker.ts';
import { Tally } from '../model/neighbours.ts';
import type { Model } from '../model/runtime.ts';
import { ItemTextEncoder } from '../model/text-encoder.ts';
import { compileFilter } from './filter/compile.ts';
import type { Filter } from './filter/filter.ts';
import { openItemColumns, type ItemColumns } from './item-columns.ts';
import { formatFilter } from './filter/format.ts';

const FILTERS_REMEMBERED = 16;

/** What computes: the runtime that opens models, and what searches item vectors. */
export interface Engine {
  readonly openModel: (onnx: Uint8Array) => Promise<Model>;
  readonly openScanner: (vectors: QuantizedMatrix) => Scanner;
}

/** A snapshot ready to answer: its vectors in the scanner's memory and, once started, its encoder. */
export class Serving {
  readonly snapshot: Snapshot;
  readonly scanner: Scanner;
  readonly columns: ItemColumns;
  /** Scratch space for one request at a time, between two awaits. */
  readonly gathered: RowSet;
  readonly tallies: { readonly [name in 'rulesNow' | 'rulesLong' | 'coVisitsNow' | 'coVisitsLong' | 'textNow' | 'textLong']: Tally };
  private readonly engine: Engine;
  private models: { readonly encoder: Model; readonly ranker: Model } | undefined;
  private starting: Promise<void> | undefined;
  private failure: { readonly message: string; readonly atMs: number } | undefined;
  private words: Lexicon | undefined;
  private texts: ItemTextEncoder | undefined;
  private readonly permittedByFilter = new Map<string, Uint8Array>();
  private requests = 0;
  private retired = false;

  constructor(snapshot: Snapshot, engine: Engine) {
    this.snapshot = snapshot;
    this.engine = engine;
    this.scanner = engine.openScanner(snapshot.vectors);
    this.columns = openItemColumns(snapshot);
    this.gathered = new RowSet(snapshot.items.length);
    const tally = () => new Tally(snapshot.items.length);
    this.tallies = {
      rulesNow: tally(),
      rulesLong: tally(),
      coVisitsNow: tally(),
      coVisitsLong: tally(),
      textNow: tally(),
      textLong: tally(),
    };
  }

  /** The words of the catalogue. Made at the first search, so that no recommendation waits for them. */
  get lexicon(): Lexicon {
    return (this.words ??= new Lexicon(this.snapshot.items));
  }

  /** The text encoder; made at the first search too. */
  get textEncoder(): ItemTextEncoder {
    return (this.texts ??= new ItemTextEncoder(this.snapshot.words));
  }

  /** Whether the transformer takes part in answers yet. */
  get encoderReady(): boolean {
    return this.models !== undefined;
  }

  /** Why the encoder could not be opened, if it was tried. */
  get encoderFault(): string | undefined {
    return this.failure?.message;
  }

  /** Whether the encoder should be started: not while it is being opened, nor for a while after that failed. */
  encoderDue(nowMs: number): boolean {
    return !this.starting && (!this.failure || nowMs - this.failure.atMs >= LIMITS.encoderRetryMs);
  }

  /** Opens the encoder, once; a failed start may be tried again. */
  startEncoder(nowMs: number): Promise<void> {
    this.starting ??= this.openEncoder().catch((cause: unknown) => {
      this.starting = undefined;
      this.failure = { message: cause instanceof Error ? cause.message : String(cause), atMs: nowMs };
      throw cause;
    });
    return this.starting;
  }

  private async openEncoder(): Promise<void> {
    const encoder = await this.engine.openModel(this.snapshot.encoder);
    const ranker = await this.engine.openModel(this.snapshot.ranker);
    this.models = { encoder, ranker };
    this.failure = undefined;
    this.releaseIfUnused(); // it may have been retired while the model was being opened
  }

  /** The vector [dims] of a user with this history of item rows, oldest first; the encoder must be ready. */
  async encodeUser(history: readonly number[]): Promise<Float32Array> {
    const { dims } = this.snapshot.vectors;
    const length = history.length;
    const rows = new Float32Array(length * dims); // [L, d]
    history.forEach((row, at) => this.scanner.read(row, rows, at * dims));
    return this.models!.encoder.run({ [ENCODER_IO.rows]: { data: rows, shape: [length, dims] } });
  }

  /** The ranker's scores [C] of candidates with these features [C, FEATURE_COUNT]; it must be ready. */
  async rank(features: Float32Array): Promise<Float32Array> {
    const shape = [features.length / FEATURE_COUNT, FEATURE_COUNT];
    return this.models!.ranker.run({ [RANKER_IO.features]: { data: features, shape } });
  }

  /** [items] 1 where the item matches, 0 where it does not; the last few filters are remembered. */
  permittedBy(filter: Filter): Uint8Array {
    const key = formatFilter(filter);
    const known = this.permittedByFilter.get(key);
    if (known) return known;
    const matches = compileFilter(filter);
    const permitted = Uint8Array.from(this.snapshot.items, (item) => Number(matches(item)));
    if (this.permittedByFilter.size >= FILTERS_REMEMBERED) this.permittedByFilter.delete(this.permittedByFilter.keys().next().value!);
    this.permittedByFilter.set(key, permitted);
    return permitted;
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
    if (!this.retired || this.requests > 0) return;
    const { models } = this;
    this.models = undefined;
    for (const model of Object.values(models ?? {})) model.release().catch(() => undefined); // nobody waits for it, and nobody could do anything about it
  }
}
