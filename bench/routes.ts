import type { Artefacts } from '../src/catalog/snapshot.ts';
import { encodePost } from './client.ts';
import { makeHistories } from './histories.ts';

/** How many items a history holds, and how many an answer. */
export const HISTORY_LENGTHS = [5, 20, 50] as const;
export const LIMIT = 10;

/** The history length whose figures stand for all in the ratios that have no length in their name. */
export const HEADLINE_LENGTH = 20;

export const EMPTY = 'empty route';
export const EMPTY_WITH_BODY = 'empty route, body read';
export const recommendationsOf = (length: number) => `recommendations, history of ${length}`;

/** One of the things that are compared: requests to go through in turn. */
export interface Route {
  readonly name: string;
  readonly requests: readonly Buffer[];
  /** Whether an answer is the full one. */
  readonly isFull: (body: Buffer) => boolean;
}

export function makeRoutes(url: URL, artefacts: Artefacts): Route[] {
  const bodies = (length: number) => makeHistories(artefacts, length).map((history) => ({ history, limit: LIMIT }));
  const posts = (path: string, all: readonly unknown[]) => all.map((body) => encodePost(url, path, body));
  return [
    { name: EMPTY, requests: posts('/bench/empty', [{}]), isFull: () => true },
    { name: EMPTY_WITH_BODY, requests: posts('/bench/empty-body', bodies(HEADLINE_LENGTH)), isFull: () => true },
    ...HISTORY_LENGTHS.map((length) => ({
      name: recommendationsOf(length),
      requests: posts('/v1/recommendations', bodies(length)),
      isFull: (body: Buffer) => body.includes('"degraded":[]'),
    })),
  ];
}
