/** A data set that cannot be read at all; the message names the file and what is wrong with it. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

/** One line that cannot be read: it is counted and reported, and reading goes on. */
export class LineFault extends Error {
  override readonly name = 'LineFault';
}
