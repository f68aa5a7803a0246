/** Every bound of the service has its name here, and a test on each side of it. */
export const LIMITS = {
  /** Bytes of a request body. */
  bodyBytes: 64 * 1024,
  /** Items one answer may hold. */
  answerItems: 100,
  /** Items an answer holds when the request names no `limit`. */
  answerItemsDefault: 10,
  /** Interactions of a history that a request may carry. */
  historyItems: 500,
  /** The newest of them that the transformer reads. */
  historyRead: 50,
  /** The newest of them that neighbours are added up for. */
  historyCounted: 200,
  /** After an encoder could not be opened, how long answers do without it before it is tried again. */
  encoderRetryMs: 60_000,
  /** Items a request may exclude. */
  excludedItems: 1_000,
  /** Characters of an item id. */
  idChars: 128,
  /** Characters and nested operators of a filter expression. */
  filterChars: 1_000,
  filterDepth: 32,
  /** Versions of the snapshot that are kept, the live one among them; `publish` deletes older ones. */
  versionsKept: 3,
  /** Characters of a title search. */
  queryChars: 200,
} as const;
