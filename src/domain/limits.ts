const DAY_MS = 24 * 60 * 60_000;

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
  /** Interactions of one request, and bytes of its body. */
  interactions: 500,
  interactionBodyBytes: 512 * 1024,
  /** Interactions that a session keeps of those that its history is read from, and as many of the others. */
  sessionInteractions: 200,
  /** How long a session outlives the user's last interaction, and the age at which an interaction leaves it. */
  sessionTtlMs: 90 * DAY_MS,
  /** How far ahead of the server's clock an interaction may say it happened. */
  clockAheadMs: 5 * 60_000,
  /** How long ago it may say it happened. */
  interactionAgeMs: 30 * DAY_MS,
  /** How long an answer waits for the user's session. */
  sessionWaitMs: 2_000,
  /** Characters of the name of a type of interaction. */
  typeChars: 32,
  /** What one interaction may weigh, for an item or against it. */
  weight: 100,
  /** Interactions of one message to the queue: at their longest they stay below the 128 kB a message may have. */
  messageInteractions: 15,
  /** Earlier items of the user that are counted together with the one of an interaction. */
  itemsBefore: 5,
  /** Categories of an item that it is counted in. */
  countedCategories: 5,
  /** How long an interaction is known to be counted: longer than one can wait in a queue after it could last be sent. */
  countedMs: 45 * DAY_MS,
  /** Objects of the training log that are rewritten for one delivery of an erasure; the next one goes on. */
  erasedObjects: 200,
  /** Trending items that are read to find those that an answer may show. */
  trendingRead: 500,
  /** Items of one request to write them, and bytes of its body. */
  items: 1_000,
  itemsBodyBytes: 8 * 1024 * 1024,
  /** Items of one request that streams them, a line each. */
  streamedItems: 100_000,
  /** Refused items of one request that the answer tells of one by one. */
  refusalsTold: 100,
  /** Bytes of one item as JSON, and of a line of a stream. */
  itemBytes: 32 * 1024,
  /** Characters of an item's texts: of its title, its description, its addresses, one attribute; of a category, a tag or a brand. */
  titleChars: 500,
  descriptionChars: 10_000,
  urlChars: 2_048,
  attributeChars: 1_000,
  itemNameChars: 128,
  /** Categories, tags (and entries of any other list) and attributes of one item. */
  itemCategories: 20,
  itemTags: 50,
  itemAttributes: 50,
  /** How often a change of one item is tried again when another changed it in between. */
  patchAttempts: 5,
  /** Changed items that the overlay holds whole, and earlier ones that it only says may not be shown. */
  overlayItems: 2_000,
  overlayWithdrawn: 100_000,
  /** Writes that one refresh takes in; the next one goes on. And how many of them one of its steps places. */
  refreshChanges: 20_000,
  refreshPage: 1_000,
  /** How long a refresh may take; after that another may begin. */
  refreshMs: 60 * 60_000,
  /** How long it is remembered how one ended. */
  refreshKeptMs: 30 * DAY_MS,
  /** Share of the exact nearest items that the scan of a new version must find. */
  refreshRecall: 0.95,
  /** Share of what a new version recommends that may differ from what is recommended now. */
  canaryShift: 0.1,
} as const;
