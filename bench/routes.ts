import type { Artefacts } from '../src/catalog/snapshot.ts';
import { encodePost } from './client.ts';
import { makeHistories } from './histories.ts';
import type { Instance } from './instance.ts';

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
  readonly url: URL;
  readonly requests: readonly Buffer[];
  /** Whether an answer is the full one. */
  readonly isFull: (body: Buffer) => boolean;
  /** See `Instance.cpuMs`, of the one that answers. */
  readonly cpuMs: Instance['cpuMs'];
}

/** A route of an instance, on workerd's own socket unless told otherwise, asked with these bodies. */
export function makeRoute(
  name: string,
  instance: Pick<Instance, 'direct' | 'cpuMs'>,
  path: string,
  bodies: readonly object[],
  url = instance.direct,
): Route {
  const isFull = path.startsWith('/bench/') ? () => true : (body: Buffer) => body.includes('"degraded":[]');
  return { name, url, requests: bodies.map((body) => encodePost(url, path, body)), isFull, cpuMs: instance.cpuMs };
}

/** The empty routes and recommendations for histories of every length. */
export function makeRoutes(instance: Instance, artefacts: Artefacts, url = instance.direct): Route[] {
  const bodies = (length: number) => makeHistories(artefacts, length).map((history) => ({ history, limit: LIMIT }));
  return [
    makeRoute(EMPTY, instance, '/bench/empty', [{}], url),
    makeRoute(EMPTY_WITH_BODY, instance, '/bench/empty-body', bodies(HEADLINE_LENGTH), url),
    ...HISTORY_LENGTHS.map((length) => makeRoute(recommendationsOf(length), instance, '/v1/recommendations', bodies(length), url)),
  ];
}
