import { tooLong, type Entry } from './entry.ts';
import { FeedFault } from './fault.ts';
import { parseEntry } from './read-ndjson.ts';

/**
 * The elements of a JSON list, or of the first list in an object such as `{"items": […]}`, one at a time: no more than one is held. Throws `FeedFault`
 * where there is no list, or the text ends before it is over.
 */
export async function* readJsonFeed(text: AsyncIterable<string>, charsMax: number): AsyncGenerator<Entry, void> {
  const list = new ListReader(charsMax);
  for await (const piece of text) {
    list.read(piece);
    yield* list.take();
  }
  list.end();
}

/** How deep brackets are nested around the elements of the list: `[` or `{"items": [`. */
type ListDepth = 1 | 2;

/** Cuts a JSON text into the elements of its list by brackets, commas and quotes; what is between them is for JSON.parse. */
class ListReader {
  private readonly charsMax: number;
  private entries: Entry[] = [];
  private depth = 0;
  private inText = false;
  private escaped = false;
  /** Undefined before the list has begun, null when it is over. */
  private list: ListDepth | undefined | null;
  /** The element that is being read: undefined if it is too long. */
  private element: string | undefined = '';
  private line = 1;
  private beganAt = 1;

  constructor(charsMax: number) {
    this.charsMax = charsMax;
  }

  take(): Entry[] {
    const { entries } = this;
    this.entries = [];
    return entries;
  }

  read(piece: string): void {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const char = piece[at]!;
      if (char === '\n') this.line++;
      if (this.inText) {
        if (this.escaped) this.escaped = false;
        else if (char === '\\') this.escaped = true;
        else if (char === '"') this.inText = false;
      } else if (char === '"') this.inText = true;
      else if (char === '[' || char === '{') {
        this.depth++;
        if (char === '[' && this.list === undefined && this.depth <= 2) {
          this.list = this.depth as ListDepth;
          from = at + 1;
        }
      } else if (this.depth === this.list && (char === ',' || char === ']')) {
        this.append(piece.slice(from, at));
        this.finish();
        from = at + 1;
        if (char === ']') this.close();
      } else if (char === ']' || char === '}') this.depth--;
    }
    if (typeof this.list === 'number') this.append(piece.slice(from));
  }

  end(): void {
    if (this.list === undefined) throw new FeedFault('it has no list of items: is it JSON?');
    if (this.depth > 0 || this.inText) throw new FeedFault(`it breaks off at line ${this.line}: it is cut short`);
  }

  /** Blanks before an element are not of it. */
  private append(text: string): void {
    if (this.element === undefined) return;
    const written = this.element === '' ? text.trimStart() : text;
    if (this.element === '') this.beganAt = this.line - (written.split('\n').length - 1);
    this.element = this.element.length + written.length > this.charsMax ? undefined : this.element + written;
  }

  private finish(): void {
    if (this.element === undefined) this.entries.push(tooLong(this.beganAt, this.charsMax));
    else if (this.element !== '') this.entries.push(parseEntry(this.element, this.beganAt));
    this.element = '';
  }

  private close(): void {
    this.list = null;
    this.depth--;
  }
}
