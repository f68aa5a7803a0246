/** Lines that one record may run over; a quote still open after that many is a stray one. */
export const RECORD_LINES_MAX = 200;

/** What keeps a line from being a record, said of the line: "opens a quote …". */
type RecordFault = string;

const OPEN_QUOTE: RecordFault = 'opens a quote that is not closed';
const TEXT_BEHIND_QUOTE: RecordFault = 'has text behind a closing quote';

/** Takes in the fields of the record that begins at line number `line`, or its fault; says if it is a good record. */
export type TakeRecord = (line: number, fields: readonly string[] | RecordFault) => boolean;

/**
 * Makes records of lines, since a quoted field may run over several (RFC 4180). If the lines joined make no good record,
 * the quote was a stray one: then only its own line is bad, and those behind it are read on their own.
 *
 * (csv-parse, told to skip bad records, counts all the lines up to the next quote as one bad record, or as a good one.)
 */
export class RecordReader {
  readonly #delimiter: string;
  readonly #quotes: boolean;
  readonly #take: TakeRecord;
  /** Lines of a record whose last quote is still open; the first has number `#first`. */
  #open: string[] = [];
  #first = 0;

  /** Without `quotes` a quote is a character like any other. */
  constructor(delimiter: string, quotes: boolean, take: TakeRecord) {
    this.#delimiter = delimiter;
    this.#quotes = quotes;
    this.#take = take;
  }

  line(text: string, number: number): void {
    if (this.#open.length === 0) {
      if (text.trim() === '') return;
      if (!this.#quotes || !text.includes('"')) {
        this.#take(number, splitPlain(text, this.#delimiter));
        return;
      }
      this.#first = number;
    }
    this.#open.push(text);
    const cannotClose = this.#open.length > 1 && !text.includes('"');
    const fields = cannotClose ? OPEN_QUOTE : splitQuoted(this.#open.join('\n'), this.#delimiter);
    if (fields !== OPEN_QUOTE || this.#open.length === RECORD_LINES_MAX) this.#finish(fields);
  }

  /** Reads what is left over at the end of the file. */
  end(): void {
    while (this.#open.length > 0) this.#finish(OPEN_QUOTE);
  }

  #finish(fields: readonly string[] | RecordFault): void {
    const [lines, first] = [this.#open, this.#first];
    this.#open = [];
    if (this.#take(first, fields)) return;
    for (const [behind, text] of lines.slice(1).entries()) this.line(text, first + 1 + behind);
  }
}

/** The one of tab, semicolon and comma that separates the columns of a header. */
export function delimiterOf(header: string): string {
  if (header.includes('\t')) return '\t';
  return header.includes(';') && !header.includes(',') ? ';' : ',';
}

function splitPlain(text: string, delimiter: string): string[] {
  return text.split(delimiter).map((field) => field.trim());
}

/** The fields of one record, without blanks around them; a quote inside an unquoted field is a plain character. */
function splitQuoted(text: string, delimiter: string): string[] | RecordFault {
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    const begin = blanksEnd(text, at);
    if (text[begin] === '"') {
      const close = closingQuote(text, begin + 1);
      if (close === -1) return OPEN_QUOTE;
      fields.push(text.slice(begin + 1, close).replaceAll('""', '"'));
      at = blanksEnd(text, close + 1);
      if (at < text.length && text[at] !== delimiter) return TEXT_BEHIND_QUOTE;
    } else {
      const end = text.indexOf(delimiter, at);
      fields.push(text.slice(at, end === -1 ? undefined : end).trim());
      at = end === -1 ? text.length : end;
    }
    if (at >= text.length) return fields;
  }
}

function blanksEnd(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}
