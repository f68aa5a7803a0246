import type { Tally } from '../model/neighbours.ts';
import { TopK } from '../kernel/topk.ts';
import type { Serving } from './serving.ts';
import type { Session } from './session.ts';
import type { Signals } from './signals.ts';

/** Candidates that each source proposes at most. */
const TRANSFORMER_CANDIDATES = 200;
const NEIGHBOUR_CANDIDATES = 100;
const TEXT_CANDIDATES = 60;

/** What a request asks of the sources. */
export interface SourceOptions {
  /** [items] 0 where the request's filter forbids the item; undefined without a filter */
  readonly permitted?: Uint8Array | undefined;
  /** Items that an answer needs, with those that will be dropped from it. */
  readonly wanted: number;
  /** Rows that the user's critiques ask for. */
  readonly proposed?: readonly number[];
}

/** What a source may look at. */
interface SourceInput extends SourceOptions {
  readonly session: Session;
  readonly signals: Signals;
  readonly serving: Serving;
}

/** Proposes rows of items. Their order says nothing but which of two equally scored items comes first. */
type Source = (input: SourceInput) => ArrayLike<number>;

/** The transformer's nearest items, out of the whole catalogue. */
const transformer: Source = ({ signals, serving, permitted, session }) =>
  signals.user ? serving.scanner.nearest(signals.user, TRANSFORMER_CANDIDATES + session.seen.size, permitted) : [];

/** What people went on to from the items of the history. */
const rules: Source = (input) => heaviest(input.serving.tallies.rulesLong, NEIGHBOUR_CANDIDATES, input);

/** What the same people had. */
const coVisits: Source = (input) => heaviest(input.serving.tallies.coVisitsLong, NEIGHBOUR_CANDIDATES, input);

/** What says the same as the newest items. */
const texts: Source = (input) => heaviest(input.serving.tallies.textNow, TEXT_CANDIDATES, input);

/** The most popular items: enough of them that an answer is never short of what the catalogue permits. */
const popular: Source = ({ serving, permitted, wanted }) => {
  const rows: number[] = [];
  for (const row of serving.snapshot.byPopularity) {
    if (rows.length === wanted) break;
    if (permitted?.[row] !== 0) rows.push(row);
  }
  return rows;
};

/** What the user asked for in words. */
const critiques: Source = ({ proposed = [] }) => proposed;

const SOURCES: readonly Source[] = [transformer, rules, coVisits, texts, popular, critiques];

/** Every row that any source proposes, once. */
export function gatherRows(input: SourceInput): Int32Array {
  const { gathered } = input.serving;
  for (const source of SOURCES) {
    const rows = source(input);
    for (let at = 0; at < rows.length; at++) gathered.add(rows[at]!);
  }
  return gathered.drain();
}

function heaviest(tally: Tally, count: number, { permitted, session }: SourceInput): Int32Array {
  const best = new TopK(count + session.seen.size);
  for (const row of tally.rows()) if (permitted?.[row] !== 0) best.offer(tally.get(row), row);
  return best.unordered();
}
