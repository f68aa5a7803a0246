import * as v from 'valibot';
import type { Place } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';

const Name = v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/, 'a name is 1 to 64 of a-z, A-Z, 0-9, _, . and -'));
const Codes = (length: number) => v.optional(v.array(v.pipe(v.string(), v.regex(new RegExp(`^[A-Z0-9]{${length}}$`)))), []);

const Configured = v.strictObject({
  name: Name,
  /** What its concurrency and its budget are shared with. */
  region: Name,
  url: v.pipe(v.string(), v.regex(/^https?:\/\/[^\s?#]*[^\s?#/]$/, 'a url is such as https://eu.example/v1')),
  model: v.pipe(v.string(), v.minLength(1)),
  /** Whether its model calls tools. */
  tools: v.optional(v.boolean(), false),
  embeddingModel: v.optional(v.pipe(v.string(), v.minLength(1))),
  continents: Codes(2),
  countries: Codes(2),
  colos: Codes(3),
  priority: v.optional(v.number(), 0),
  keySecret: v.optional(Name),
});

const List = v.pipe(
  v.array(Configured),
  v.maxLength(LIMITS.llmEndpoints, `there are at most ${LIMITS.llmEndpoints} endpoints`),
  v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two endpoints have the same name'),
);

/** A server that speaks OpenAI's protocol. */
export interface Endpoint extends Omit<v.InferOutput<typeof Configured>, 'keySecret'> {
  /** Its bearer key, out of the secret that `keySecret` names. */
  readonly key?: string;
}

/** Reads `LLM_ENDPOINTS`, a JSON list; `secrets` holds what `keySecret` names. Throws an Error that says what is wrong with it. */
export function parseEndpoints(configured: string | undefined, secrets: Readonly<Record<string, unknown>>): Endpoint[] {
  try {
    return v.parse(List, JSON.parse(configured?.trim() || '[]')).map(({ keySecret, ...endpoint }) => {
      if (keySecret === undefined) return endpoint;
      const key = secrets[keySecret];
      if (typeof key !== 'string') throw new Error(`there is no secret ${keySecret}: npx wrangler secret put ${keySecret}`);
      return { ...endpoint, key };
    });
  } catch (fault) {
    const at = v.isValiError(fault) ? `${v.getDotPath(fault.issues[0]) ?? 'the list'}: ` : '';
    throw new Error(`LLM_ENDPOINTS cannot be read: ${at}${(fault as Error).message}`, { cause: fault });
  }
}

/** The endpoints in the order in which they are tried: nearest first, then by `priority`, lowest first, then as configured. */
export function orderEndpoints(endpoints: readonly Endpoint[], place: Place): Endpoint[] {
  return endpoints.toSorted((a, b) => distance(a, place) - distance(b, place) || a.priority - b.priority);
}

/** 0 for an endpoint that names the data centre, 1 the country, 2 the continent, 3 for any other. */
function distance({ colos, countries, continents }: Endpoint, { colo, country, continent }: Place): number {
  if (colo !== undefined && colos.includes(colo)) return 0;
  if (country !== undefined && countries.includes(country)) return 1;
  return continent !== undefined && continents.includes(continent) ? 2 : 3;
}
