import type { Critique } from '../domain/critique.ts';
import type { Intent } from '../domain/intent.ts';
import { activeCritiques } from '../session/critiques.ts';
import { barredRows, withoutBarred } from './barred.ts';
import { forbiddenRows, withoutForbidden } from './conditions.ts';
import { conditionsOf, refusedItems } from './critiques.ts';
import { findMatches, type Matches } from './matches.ts';
import { rerankingFactors } from './reranking/factors.ts';
import type { RecommendRequest } from './request.ts';
import type { Serving } from './serving.ts';
import { mayReorder } from './settings.ts';
import { openSession, type Session } from './session.ts';
import { understand } from './understand.ts';

/** Where rules may bring up an item from further down, so many popular items stand by. */
const POPULAR_RESERVE = 200;
/** And the other sources propose for so many places more. */
const PLACES_RESERVE = 50;

/** A request in the terms of one version of the catalogue: ids have become rows. Sources and rules read it. */
export interface Situation {
  /** With the sources that its query and critiques bring along. */
  readonly request: RecommendRequest;
  readonly serving: Serving;
  readonly session: Session;
  /** The items that the answer is about. */
  readonly about: readonly number[];
  /** What the query means; undefined where none is searched for. */
  readonly intent: Intent | undefined;
  /** What the query finds; undefined where none is searched for, or it says nothing but conditions. */
  readonly matches: Matches | undefined;
  /** What the user said of their recommendations and still counts. A search is asked for in words of its own: it has none. */
  readonly critiques: readonly Critique[];
  /** How many times as likely each row counts by what a language model made of earlier answers; undefined where that does not count. */
  readonly reranked: ReadonlyMap<number, number> | undefined;
  /** What the user began and did not finish, and what the user was merely shown: as far as the settings ask for them. */
  readonly unfinished: ReadonlySet<number>;
  readonly shown: ReadonlySet<number>;
  /** May not be in the answer: what the request excludes, what it is about or like, what was refused, what earlier pages had. */
  readonly excluded: ReadonlySet<number>;
  /** What the rules would take out of it whatever its score, so that nothing looks for it: see `barredRows`. */
  readonly barred: readonly number[];
  /** [items] 1 where the query or a critique does not want the item; undefined if they say nothing against any. */
  readonly forbidden: Uint8Array | undefined;
  /** [items] 0 where the item may not be shown, does not match the filter or is forbidden; undefined if all of them may be. */
  readonly permitted: Uint8Array | undefined;
  /** Whether a rule may bring up an item from anywhere in the ranking, so that all of it has to be made. */
  readonly reordered: boolean;
  /** Places that sources propose items for: those of the answer, and more where rules choose among many. */
  readonly places: number;
  /** Popular items that are proposed, and candidates that rules are given where they do not reorder. */
  readonly wanted: number;
}

/** The items that a request is about count as the newest of its history: a page that is looked at is a click. */
export function openSituation(asked: RecommendRequest, serving: Serving): Situation {
  const { snapshot, permits } = serving;
  const { names, intent, request: understood } = understand(asked, serving);
  const critiques = intent ? [] : activeCritiques(asked.critiques, asked.nowMs);
  const request = withCritiques(understood, critiques);
  const { history, about, paged, limit, filter, nowMs, market, settings } = request;
  const past = about.length === 0 ? history : [...history.filter((id) => !about.includes(id)), ...about];
  const session = openSession(past, snapshot);
  const rowsOf = (ids: readonly string[]) => ids.flatMap((id) => snapshot.rowOf.get(id) ?? []);
  const aboutRows = rowsOf(about);
  const shown = new Set(settings.shownIsSeen ? rowsOf(request.shown) : []);
  const exclude = [...request.exclude, ...refusedItems(critiques), ...(intent?.like ?? [])];
  const excluded = new Set([...rowsOf(exclude), ...aboutRows, ...paged]);
  const forbidden = forbiddenRows(intent ?? conditionsOf(critiques), serving);
  const permitted = withoutForbidden(permits.rowsFor(filter, nowMs, market), forbidden);
  const reranked = settings.reranking && !intent && request.reranking ? rerankingFactors(request.reranking, snapshot) : undefined;
  const unfinished = new Set(settings.sources.continue === undefined ? [] : rowsOf(request.unfinished));
  const barred = barredRows(settings.seen, excluded, { session, shown, unfinished });
  const reordered = mayReorder(settings) || reranked !== undefined || intent !== undefined || critiques.length > 0;
  return {
    request,
    serving,
    session,
    about: aboutRows,
    intent,
    matches:
      intent && names
        ? withoutBarred(barred, permitted, serving, (open) => findMatches(intent, open, settings.matching, serving))
        : undefined,
    critiques,
    reranked,
    unfinished,
    shown,
    excluded,
    barred,
    forbidden,
    permitted,
    reordered,
    places: limit + (reordered ? PLACES_RESERVE : 0),
    wanted: limit + (reordered ? POPULAR_RESERVE : 0),
  };
}

/** With critiques, one source more: what they ask more of. */
function withCritiques(request: RecommendRequest, critiques: readonly Critique[]): RecommendRequest {
  const { settings } = request;
  if (critiques.length === 0) return request;
  return { ...request, settings: { ...settings, sources: { critiques: 1, ...settings.sources } } };
}
