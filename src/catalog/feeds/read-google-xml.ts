import sax from 'sax';
import { tooLong, type Entry } from './entry.ts';
import { FeedFault } from './fault.ts';
import { googleItem, type GoogleFields } from './google-item.ts';

/** What a product is called in RSS and in Atom. */
const PRODUCTS = new Set(['item', 'entry']);

/** The products of an RSS or Atom feed with Google's `g:` fields, one at a time. Throws `FeedFault` where it is not XML, has no such feed or is cut short. */
export async function* readGoogleXml(text: AsyncIterable<string>, charsMax: number): AsyncGenerator<Entry, void> {
  const reader = new ProductReader(charsMax);
  for await (const piece of text) {
    reader.read(piece);
    yield* reader.take();
  }
  reader.end();
}

class ProductReader {
  private readonly parser = sax.parser(true, { position: true });
  private readonly charsMax: number;
  private entries: Entry[] = [];
  private isFeed = false;
  /** How many elements are open within the product; 0 outside of one. */
  private depth = 0;
  private fields = new Map<string, string[]>();
  private field = '';
  private text = '';
  private chars = 0;
  private line = 1;

  constructor(charsMax: number) {
    this.charsMax = charsMax;
    this.parser.onopentag = ({ name, attributes }) => this.open(localName(name), attributes as Readonly<Record<string, string>>);
    this.parser.ontext = this.parser.oncdata = (text) => this.hear(text);
    this.parser.onclosetag = () => this.close();
    this.parser.onerror = (error) => {
      throw new FeedFault(`it is not XML, or cut short: ${error.message.split('\n')[0]} at line ${this.parser.line + 1}`, { cause: error });
    };
  }

  read(piece: string): void {
    this.parser.write(piece);
  }

  take(): Entry[] {
    const { entries } = this;
    this.entries = [];
    return entries;
  }

  end(): void {
    this.parser.close();
    if (!this.isFeed) throw new FeedFault('it is neither RSS nor Atom');
  }

  private open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'rss' || name === 'feed') this.isFeed = true;
    if (this.depth > 0) {
      if (++this.depth !== 2) return;
      [this.field, this.text] = [name, ''];
      if (name === 'link' && attributes['href'] !== undefined) this.hear(attributes['href']); // as Atom has it
    } else if (PRODUCTS.has(name)) {
      [this.depth, this.fields, this.chars, this.line] = [1, new Map(), 0, this.parser.line + 1];
    }
  }

  /** Text of a field, or of an element in it that this feed has beyond Google's. */
  private hear(text: string): void {
    if (this.depth < 2) return;
    this.chars += text.length;
    if (this.chars <= this.charsMax) this.text += text;
  }

  private close(): void {
    if (this.depth === 0) return;
    if (this.depth === 2 && this.text.trim() !== '')
      this.fields.set(this.field, [...(this.fields.get(this.field) ?? []), this.text.trim()]);
    if (--this.depth === 0) this.entries.push(this.product());
  }

  private product(): Entry {
    if (this.chars > this.charsMax) return tooLong(this.line, this.charsMax);
    const fields: GoogleFields = this.fields;
    return { value: googleItem(fields), place: { line: this.line } };
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
