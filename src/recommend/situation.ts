import type { RecommendRequest } from './request.ts';
import type { Serving } from './serving.ts';
import { mayReorder } from './settings.ts';
import { openSession, type Session } from './session.ts';

/** Popular items that stand by where rules may bring up an item from further down. */
const RESERVE = 200;

/** A request in the terms of one version of the catalogue: ids have become rows. Sources and rules read it. */
export interface Situation {
  readonly request: RecommendRequest;
  readonly serving: Serving;
  readonly session: Session;
  /** The items that the answer is about. */
  readonly about: readonly number[];
  /** What the user began and did not finish, and what the user was merely shown: as far as the settings ask for them. */
  readonly unfinished: ReadonlySet<number>;
  readonly shown: ReadonlySet<number>;
  /** May not be in the answer: what the request excludes, what it is about, what earlier pages had. */
  readonly excluded: ReadonlySet<number>;
  /** [items] 0 where the item may not be shown or does not match the filter; undefined if all of them may be. */
  readonly permitted: Uint8Array | undefined;
  /** Items that an answer needs, with those that will be dropped from it. */
  readonly wanted: number;
}

/** The items that a request is about count as the newest of its history: a page that is looked at is a click. */
export function openSituation(request: RecommendRequest, serving: Serving): Situation {
  const { snapshot, permits } = serving;
  const { history, about, exclude, paged, limit, filter, nowMs, market, settings } = request;
  const past = about.length === 0 ? history : [...history.filter((id) => !about.includes(id)), ...about];
  const session = openSession(past, snapshot);
  const rowsOf = (ids: readonly string[]) => ids.flatMap((id) => snapshot.rowOf.get(id) ?? []);
  const aboutRows = rowsOf(about);
  const shown = new Set(settings.shownIsSeen ? rowsOf(request.shown) : []);
  return {
    request,
    serving,
    session,
    about: aboutRows,
    unfinished: new Set(settings.sources.continue === undefined ? [] : rowsOf(request.unfinished)),
    shown,
    excluded: new Set([...rowsOf(exclude), ...aboutRows, ...paged]),
    permitted: permits.rowsFor(filter, nowMs, market),
    wanted: limit + exclude.length + paged.length + shown.size + session.seen.size + (mayReorder(settings) ? RESERVE : 0),
  };
}
