/** Whether an id would be a step of a path: whoever sends an address takes `.` and `..` out of it, encoded or not, so no route could be asked about it. */
export function isDotSegment(id: string): boolean {
  return id === '.' || id === '..';
}

export const NO_DOT_SEGMENT = 'an id is not . or .., which no address can hold';
