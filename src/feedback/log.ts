import type { Merge, StreamedInteraction } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import { prefixOf } from '../domain/tenant.ts';

/** Keys of all objects of a tenant's log go on so. */
const LOG_PREFIX = 'interactions/';

/** Whether a text is such as the objects of a log are named, behind the prefix of their tenant. */
export function isLogName(text: string): boolean {
  return /^\d{4}-\d\d-\d\d\/[^/]+\.ndjson\.gz$/.test(text);
}

/** The training log of a tenant in R2: interactions and merges as gzipped NDJSON, one object a batch. */
export class TrainingLog {
  private readonly bucket: R2Bucket;
  private readonly prefix: string;

  constructor(bucket: R2Bucket, tenant: string) {
    this.bucket = bucket;
    this.prefix = prefixOf(tenant) + LOG_PREFIX;
  }

  /** The key of an object that is written now. */
  keyFor(nowMs: number, id: string): string {
    return `${this.prefix}${new Date(nowMs).toISOString().slice(0, 10)}/${id}.ndjson.gz`;
  }

  async append(key: string, lines: readonly string[]): Promise<void> {
    await this.bucket.put(key, await gzip(lines.join('')));
  }

  /**
   * The objects of the log behind the one named `after`, one gzip behind another, which together are one gzip; `next` is the name of the last
   * if there are more. Cursors of R2's own are not asked for: it takes any text for one.
   */
  async read(after?: string): Promise<{ readonly bytes: ReadableStream<Uint8Array>; readonly next: string | undefined }> {
    const from = after === undefined ? {} : { startAfter: this.prefix + after };
    const { objects, truncated } = await this.bucket.list({ prefix: this.prefix, limit: LIMITS.logObjects, ...from });
    const keys = objects.map(({ key }) => key);
    return { bytes: streamOf(this.objects(keys)), next: truncated ? keys.at(-1)?.slice(this.prefix.length) : undefined };
  }

  private async *objects(keys: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const key of keys) {
      const object = await this.bucket.get(key);
      if (object) yield new Uint8Array(await object.arrayBuffer()); // one that is gone was erased in the meantime
    }
  }

  /**
   * Takes out of an object what a user did until then, and returns whether there is more of the user in it. Deletes an object in which
   * nothing is left; one that was never written has nothing.
   */
  async erase(key: string, user: string, untilMs: number): Promise<boolean> {
    const object = await this.bucket.get(key);
    if (!object) return false;
    const lines = (await gunzip(object.body)).split('\n').filter((line) => line !== '');
    let more = false;
    const kept = lines.filter((line) => {
      const logged = JSON.parse(line) as LogLine;
      const later = Date.parse(logged.receivedAt) > untilMs;
      const named = logged.user === user || logged.visitor === user;
      more ||= named && later;
      return !named || later;
    });
    if (kept.length === 0) await this.bucket.delete(key);
    else if (kept.length < lines.length) await this.bucket.put(key, await gzip(kept.map((line) => `${line}\n`).join('')));
    return more;
  }
}

/** What erasure reads of a line of the log. */
interface LogLine {
  readonly user: string;
  readonly visitor?: string;
  readonly receivedAt: string;
}

export function lineOfInteraction(interaction: StreamedInteraction): string {
  const { id, user, item, type, weight, value, recommendationId, position, country, atMs, receivedMs } = interaction;
  const at = new Date(atMs).toISOString();
  const receivedAt = new Date(receivedMs).toISOString();
  return `${JSON.stringify({ id, user, item, type, weight, value, recommendationId, position, country, at, receivedAt })}\n`;
}

/** Tells who reads the log that what a visitor did is a user's. */
export function lineOfMerge({ visitor, user, atMs }: Merge): string {
  return `${JSON.stringify({ type: 'merge', visitor, user, receivedAt: new Date(atMs).toISOString() })}\n`;
}

function streamOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

/** Whole, because R2 wants to know the length. */
function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
}

function gunzip(body: ReadableStream): Promise<string> {
  return new Response(body.pipeThrough(new DecompressionStream('gzip'))).text();
}
