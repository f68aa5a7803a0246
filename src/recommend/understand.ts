import type { Intent } from '../domain/intent.ts';
import { parseIntent } from '../intent/parse.ts';
import { groundQuery } from '../intent/reading/ground.ts';
import type { RecommendRequest } from './request.ts';
import { SCENARIOS } from './scenarios.ts';
import type { Serving } from './serving.ts';

/** A request, and what its query means where it has one and its sources search for it. */
interface Understood {
  readonly request: RecommendRequest;
  readonly intent?: Intent;
  /** Whether there is something to be found, and not only conditions that an item must meet. */
  readonly names: boolean;
}

/** Reads the query. One that says conditions only ("under 5") is a recommendation within them: the sources of `home` take part. */
export function understand(request: RecommendRequest, serving: Serving): Understood {
  const { settings, query, reading } = request;
  if (settings.sources.query === undefined || query === '') return { request, names: false };
  const edge = parseIntent(query, serving.lexicon);
  const intent = reading ? groundQuery(reading, edge, serving.lexicon).meant : edge;
  if (namesSomething(intent)) return { request, intent, names: true };
  const sources = { ...SCENARIOS.home.sources, ...settings.sources };
  return { request: { ...request, settings: { ...settings, sources } }, intent, names: false };
}

/** Whether it says what to look for, understood or not. */
function namesSomething({ about, like, unknown }: Intent): boolean {
  return about !== '' || like.length > 0 || unknown.length > 0;
}
