import type { StreamedInteraction } from '../domain/feedback.ts';

/** All objects of the training log have keys that begin so. */
const LOG_PREFIX = 'interactions/';

/** The training log in R2: interactions as gzipped NDJSON, one object a batch. */
export class TrainingLog {
  private readonly bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.bucket = bucket;
  }

  async append(key: string, interactions: readonly StreamedInteraction[]): Promise<void> {
    await this.bucket.put(key, await gzip(interactions.map(lineOf).join('')));
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
      more ||= logged.user === user && later;
      return logged.user !== user || later;
    });
    if (kept.length === 0) await this.bucket.delete(key);
    else if (kept.length < lines.length) await this.bucket.put(key, await gzip(kept.map((line) => `${line}\n`).join('')));
    return more;
  }
}

/** The key of an object that is written now. */
export function logKey(nowMs: number, id: string): string {
  return `${LOG_PREFIX}${new Date(nowMs).toISOString().slice(0, 10)}/${id}.ndjson.gz`;
}

/** What erasure reads of a line of the log. */
interface LogLine {
  readonly user: string;
  readonly receivedAt: string;
}

function lineOf(interaction: StreamedInteraction): string {
  const { id, user, item, type, weight, value, recommendationId, position, country, atMs, receivedMs } = interaction;
  const at = new Date(atMs).toISOString();
  const receivedAt = new Date(receivedMs).toISOString();
  return `${JSON.stringify({ id, user, item, type, weight, value, recommendationId, position, country, at, receivedAt })}\n`;
}

/** Whole, because R2 wants to know the length. */
function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
}

function gunzip(body: ReadableStream): Promise<string> {
  return new Response(body.pipeThrough(new DecompressionStream('gzip'))).text();
}
