/**
 * ONNX Runtime that has started and opened its models, as the pages of memory that this changed. WebAssembly has no state
 * beside its memory, its globals and its table. The table never changes here, and between two calls the globals are as the
 * constructors left them: so a new instance, constructed and given these pages, is where the recorded one was.
 *
 * In bytes: the length of the header uint32, the header in JSON, then the pages one after the other.
 */
import * as v from 'valibot';

/** Bytes that are compared and put back at a time. */
const PAGE_BYTES = 4096;

const Address = v.pipe(v.number(), v.integer(), v.minValue(1));
const Pages = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));
const Sha256 = v.string();
const Floats = v.array(v.number());

const OpenedSession = v.object({
  session: Address,
  inputs: v.array(v.object({ name: v.string(), at: Address })),
  outputs: v.array(Address),
});

const Header = v.object({
  format: v.literal(1),
  /** The build of the runtime: an address means something in one build only. */
  build: v.string(),
  memoryBytes: Address,
  /** What the constructors made: a restored instance must have come to the same. */
  constructed: v.object({ pages: Pages, sha256: Sha256 }),
  models: v.array(
    v.object({
      /** Of the `.onnx` file. */
      sha256: Sha256,
      opened: OpenedSession,
      /** An input, and what the recorded session answered: a restored one must answer with the same bits. */
      probe: v.object({ name: v.string(), shape: v.array(v.number()), input: Floats, output: Floats }),
    }),
  ),
  pages: Pages,
});

/** A session that is open in the runtime's memory: its handle, and where the names of its inputs and outputs stand. */
export type OpenedSession = v.InferOutput<typeof OpenedSession>;
export type StartHeader = v.InferOutput<typeof Header>;

export interface StartImage {
  readonly header: StartHeader;
  /** [pages, PAGE_BYTES] */
  readonly contents: Uint8Array;
}

export function encodeStartImage({ header, contents }: StartImage): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + text.length + contents.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(contents, 4 + text.length);
  return bytes;
}

/** Throws on bytes that are not an image, or not a whole one. */
export function decodeStartImage(bytes: Uint8Array): StartImage {
  if (bytes.length < 4) throw new Error('the recorded start is empty');
  const headerEnd = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = v.parse(Header, JSON.parse(new TextDecoder().decode(bytes.subarray(4, headerEnd))));
  const contents = bytes.subarray(headerEnd);
  if (contents.length !== header.pages.length * PAGE_BYTES) throw new Error('the recorded start is not whole');
  const end = header.memoryBytes / PAGE_BYTES;
  if ([...header.pages, ...header.constructed.pages].some((page) => page >= end))
    throw new Error('the recorded start has a page that is beyond its end');
  return { header, contents };
}

/** The pages in which `after` is not `before`, which may be shorter and then counts as zeros. */
export function changedPages(before: Uint8Array, after: Uint8Array): number[] {
  const [a, b] = [words(before), words(after)];
  const pageWords = PAGE_BYTES / 4;
  const changed: number[] = [];
  for (let page = 0; page * pageWords < b.length; page++) {
    const end = (page + 1) * pageWords;
    for (let at = page * pageWords; at < end; at++) {
      if (b[at] === (a[at] ?? 0)) continue;
      changed.push(page);
      break;
    }
  }
  return changed;
}

/** Copies of some pages of a memory, one after the other. */
export function copyPages(memory: Uint8Array, pages: readonly number[]): Uint8Array {
  const contents = new Uint8Array(pages.length * PAGE_BYTES);
  pages.forEach((page, at) => contents.set(memory.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES), at * PAGE_BYTES));
  return contents;
}

/** The reverse: puts pages where they were. */
export function putPages(memory: Uint8Array, { header, contents }: StartImage): void {
  header.pages.forEach((page, at) => memory.set(contents.subarray(at * PAGE_BYTES, (at + 1) * PAGE_BYTES), page * PAGE_BYTES));
}

const words = (bytes: Uint8Array) => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
