import * as v from 'valibot';
import { LIMITS } from '../../domain/limits.ts';
import { DEFAULT_TENANT } from '../../domain/tenant.ts';
import { addressFault } from './address.ts';

/** What a feed is written in. */
const FEED_KINDS = ['json', 'ndjson', 'csv', 'google-xml', 'google-tsv', 'shopify'] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

const { least, most } = LIMITS.feedEveryMinutes;
const Name = v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/, 'a name is 1 to 64 of a-z, A-Z, 0-9, _, . and -'));

const Configured = v.strictObject({
  name: Name,
  tenant: v.optional(v.pipe(v.string(), v.minLength(1)), DEFAULT_TENANT),
  url: v.pipe(
    v.string(),
    v.check(
      (url) => URL.canParse(url) && addressFault(new URL(url)) === undefined,
      ({ input }) => (URL.canParse(input) ? addressFault(new URL(input))! : 'a url is such as https://shop.example/feed.xml'),
    ),
  ),
  kind: v.picklist(FEED_KINDS, `a kind is one of ${FEED_KINDS.join(', ')}`),
  everyMinutes: v.pipe(
    v.number(),
    v.integer('minutes are a whole number'),
    v.minValue(least, `a feed is pulled every ${least} minutes at most`),
    v.maxValue(most, `a feed is pulled every ${most} minutes at least`),
  ),
  /** A header to ask with: its name, and the secret that has its value. */
  header: v.optional(v.strictObject({ name: v.pipe(v.string(), v.regex(/^[\w-]+$/)), secret: Name })),
  /** Whether items that left the feed are hidden. */
  hideMissing: v.optional(v.boolean(), false),
});

const List = v.pipe(
  v.array(Configured),
  v.maxLength(LIMITS.feeds, `there are at most ${LIMITS.feeds} feeds`),
  v.check(
    (all) => new Set(all.map(({ tenant, name }) => `${tenant} ${name}`)).size === all.length,
    'two feeds of one tenant have the same name',
  ),
);

/** Where items are pulled from. */
export interface Feed extends Omit<v.InferOutput<typeof Configured>, 'header'> {
  readonly header?: { readonly name: string; readonly value: string };
}

/** Reads `FEEDS`, a JSON list; `secrets` holds what its headers name. Throws an Error that says what is wrong with it. */
export function parseFeeds(configured: string | undefined, secrets: Readonly<Record<string, unknown>>): Feed[] {
  try {
    return v.parse(List, JSON.parse(configured?.trim() || '[]')).map(({ header, ...feed }) => {
      if (!header) return feed;
      const value = secrets[header.secret];
      if (typeof value !== 'string') throw new Error(`there is no secret ${header.secret}: npx wrangler secret put ${header.secret}`);
      return { ...feed, header: { name: header.name, value } };
    });
  } catch (fault) {
    const at = v.isValiError(fault) ? `${v.getDotPath(fault.issues[0]) ?? 'the list'}: ` : '';
    throw new Error(`FEEDS cannot be read: ${at}${(fault as Error).message}`, { cause: fault });
  }
}
