import { LIMITS } from '../../domain/limits.ts';
import type { Feed } from './feed.ts';
import type { Validators } from './open-feed.ts';
import type { PullOutcome } from './pull-feed.ts';

const MINUTE_MS = 60_000;

/** The latest pull of a feed as it is told of. */
export type PullReport = { readonly startedAt: string; readonly finishedAt?: string } & (PullOutcome | { readonly outcome: 'running' });

/** What a feed is known to say, and of which document that was. */
interface KnownValidators {
  readonly source: string;
  readonly validators: Validators;
}

interface Row {
  readonly name: string;
  readonly started_ms: number;
  readonly finished_ms: number | null;
  readonly outcome: string | null;
}

/** The latest pull of every feed, in D1; those of one tenant. One pull of a feed runs at a time. */
export class FeedPulls {
  private readonly database: D1Database;
  private readonly tenant: string;

  constructor(database: D1Database, tenant: string) {
    this.database = database;
    this.tenant = tenant;
  }

  /** Begins a pull if one is due and none is running; one that began `LIMITS.feedPullMs` before the last minute counts as lost. */
  async begin(feed: Feed, nowMs: number): Promise<{ readonly validators: Validators | undefined } | undefined> {
    const due = nowMs - feed.everyMinutes * MINUTE_MS;
    const begun = await this.database
      .prepare(
        `INSERT INTO feeds (tenant, name, started_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (tenant, name) DO UPDATE SET started_ms = ?3, finished_ms = NULL
         WHERE started_ms <= ?4 AND (finished_ms IS NOT NULL OR started_ms < ?5)
         RETURNING validators`,
      )
      .bind(this.tenant, feed.name, nowMs, due, nowMs - LIMITS.feedPullMs - MINUTE_MS)
      .first<{ validators: string | null }>();
    if (!begun) return undefined;
    const known = begun.validators === null ? undefined : (JSON.parse(begun.validators) as KnownValidators);
    return { validators: known?.source === sourceOf(feed) ? known.validators : undefined };
  }

  /** Writes down how the pull that began at `startedMs` ended, and what its document is known by; of nothing where it has to be read anew. */
  async finish(feed: Feed, startedMs: number, outcome: PullOutcome, validators: Validators | undefined, nowMs: number): Promise<void> {
    const known: KnownValidators | undefined = validators && { source: sourceOf(feed), validators };
    await this.database
      .prepare('UPDATE feeds SET finished_ms = ?, outcome = ?, validators = ? WHERE tenant = ? AND name = ? AND started_ms = ?')
      .bind(nowMs, JSON.stringify(outcome), known ? JSON.stringify(known) : null, this.tenant, feed.name, startedMs)
      .run();
  }

  /** The latest pull of each feed that was ever pulled, by its name. */
  async latest(): Promise<ReadonlyMap<string, PullReport>> {
    const { results } = await this.database
      .prepare('SELECT name, started_ms, finished_ms, outcome FROM feeds WHERE tenant = ?')
      .bind(this.tenant)
      .all<Row>();
    return new Map(results.map((row) => [row.name, readRow(row)]));
  }
}

/** What a document is read as: the same one read in another way has to be read anew. */
function sourceOf({ url, kind, hideMissing }: Feed): string {
  return `${kind} ${url}${hideMissing ? ' hiding' : ''}`;
}

function readRow({ started_ms: startedMs, finished_ms: finishedMs, outcome }: Row): PullReport {
  const startedAt = new Date(startedMs).toISOString();
  if (finishedMs === null || outcome === null) return { startedAt, outcome: 'running' };
  return { startedAt, finishedAt: new Date(finishedMs).toISOString(), ...(JSON.parse(outcome) as PullOutcome) };
}
