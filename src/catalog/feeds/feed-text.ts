import { LIMITS } from '../../domain/limits.ts';
import { FeedFault } from './fault.ts';
import type { OpenedFeed } from './open-feed.ts';
import type { Watch } from './watch.ts';

/** What the first line of an XML document says of its encoding; all of it is ASCII. */
const XML_ENCODING = /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/;
const XML_DECLARATION_BYTES = 200;

/**
 * The text of a feed in pieces, as they arrive; in UTF-8 if it says nothing else. `onBytes` hears of every piece. Throws `FeedFault` where it is not
 * text in its encoding, stops arriving or is cut off.
 */
export async function* readText(
  { body, contentType }: OpenedFeed,
  watch: Watch,
  onBytes: (bytes: number) => void,
): AsyncGenerator<string, void> {
  const reader = body.getReader();
  let decoder: TextDecoder | undefined;
  try {
    for (;;) {
      const { done, value } = await watch.next(reader.read());
      if (done) break;
      onBytes(value.byteLength);
      decoder ??= decoderFor(contentType, value);
      yield decoder.decode(value, { stream: true });
    }
    if (decoder) yield decoder.decode();
  } catch (cause) {
    if (cause instanceof FeedFault) throw cause;
    if (cause instanceof TypeError && decoder && /decode|encod/i.test(cause.message))
      throw new FeedFault(`it is not text in ${decoder.encoding}`, { cause });
    throw new FeedFault(`it broke off: ${String(cause)}`, { cause });
  } finally {
    reader.cancel().catch(() => undefined); // what is left of it is of no use
  }
}

/** Counts bytes of all pages of a feed. Throws `FeedFault` at more than `LIMITS.feedBytes`. */
export function boundBytes(): (bytes: number) => void {
  let sum = 0;
  return (bytes) => {
    sum += bytes;
    if (sum > LIMITS.feedBytes) throw new FeedFault(`it has more than ${LIMITS.feedBytes} bytes`);
  };
}

function decoderFor(contentType: string | null, first: Uint8Array): TextDecoder {
  const [, declared] = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '') ?? [];
  const [, written] = XML_ENCODING.exec(String.fromCharCode(...first.subarray(0, XML_DECLARATION_BYTES))) ?? [];
  const label = declared ?? written ?? 'utf-8';
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: false });
  } catch (cause) {
    throw new FeedFault(`nobody knows the encoding ${label}`, { cause });
  }
}
