/** Rows of one statement: each may take some kilobytes, and D1 takes 2 MB in a parameter. */
const ROWS_AT_ONCE = 400;

export type Rows = readonly (readonly (string | number)[])[];

/** Statements that insert rows of a tenant, whose `columns` behind the tenant are paths into each row, with a clause `rest` behind. */
export function insertRows(
  database: D1Database,
  tenant: string,
  table: string,
  columns: string,
  rest: string,
  rows: Rows,
): D1PreparedStatement[] {
  const statement = database.prepare(`INSERT INTO ${table} SELECT ?2, value ${columns} FROM json_each(?1) ${rest}`);
  return slices(rows).map((some) => statement.bind(JSON.stringify(some), tenant));
}

/** A list in pieces that one statement takes. */
export function slices<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / ROWS_AT_ONCE) }, (_, at) => all.slice(at * ROWS_AT_ONCE, (at + 1) * ROWS_AT_ONCE));
}
