/** A number of at most 15 digits before the point, which a double holds exactly; `007` is no number but a code. */
const NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d+)?$/;
const BOOLEAN = /^(true|false)$/i;

type CellType = 'number' | 'boolean' | 'text';

/**
 * Learns from the cells of a table which of its columns hold only numbers or only true and false, and reads those cells as
 * such: a table has nothing but text, and a filter on weight should compare numbers.
 */
export class CellTypes {
  readonly #types = new Map<number, CellType>();

  see(column: number, cell: string): void {
    if (cell === '') return;
    const type = NUMBER.test(cell) ? 'number' : BOOLEAN.test(cell) ? 'boolean' : 'text';
    const before = this.#types.get(column) ?? type;
    this.#types.set(column, before === type ? type : 'text');
  }

  /** The content of a cell, as text in a column that was never seen; undefined if it is empty. */
  read(column: number, cell: string): string | number | boolean | undefined {
    if (cell === '') return undefined;
    const type = this.#types.get(column);
    if (type === 'number') return Number(cell);
    return type === 'boolean' ? cell.toLowerCase() === 'true' : cell;
  }
}
