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
  /** How many times as likely, or as unlikely, an item can be made to count: by a source, and by all boosts together. */
  factor: 100,
  /** Boosts of a request. */
  boosts: 20,
  /** Items that a cap may allow of one category or brand. */
  cap: 100,
  /** Places of an answer that may go to fresh items. */
  explorationSlots: 5,
  /** An item is fresh for so long after it was created. */
  freshMs: 30 * DAY_MS,
  /** Days of a half-life of freshness, at least and at most. */
  halfLifeDays: { least: 0.01, most: 3650 },
  /** The best items among which variety is looked for. */
  diversityItems: 200,
  /** Items of a cart. */
  cartItems: 50,
  /** Characters of the name of a market. */
  marketChars: 32,
  /** Items on all pages of one list. */
  pagedItems: 1_000,
  /** Characters of a cursor: so many rows below ten million, a version and a scenario. */
  cursorChars: 12_000,
  /** Requests of a batch, and bytes of its body. */
  batchRequests: 100,
  batchBodyBytes: 512 * 1024,
  /** Characters of an item id. */
  idChars: 128,
  /** Characters and nested operators of a filter expression. */
  filterChars: 1_000,
  filterDepth: 32,
  /** Bytes that a version may take in an isolate, which has 128 MB for everything: the runtime, the code and the garbage of requests as well. */
  versionBytes: 70 * 1024 * 1024,
  /** Versions of the snapshot that are kept, the live one among them; `publish` deletes older ones. */
  versionsKept: 3,
  /** Characters of a search, and words of it that are read. */
  queryChars: 200,
  queryWords: 32,
  /** Words of a query or critique that may be read for everybody. */
  sharedWords: 16,
  /** Names and words of the catalogue that a language model is told of. */
  readingNames: 100,
  readingWords: 200,
  /** Phrases of each part of a reading, and characters of one; tokens that a language model may use for it. */
  readingPhrases: 8,
  readingPhraseChars: 60,
  readingTokens: 250,
  /** The highest price that a reading may name. */
  readingPrice: 1_000_000,
  /** How long a reading is kept, and how long nobody asks again after a fault. */
  readingTtlMs: 30 * DAY_MS,
  readingRetryMs: 600_000,
  /** How often an isolate must have been asked a query before a language model is. */
  queriesAsked: 3,
  /** Interactions of one request, and bytes of its body. */
  interactions: 500,
  interactionBodyBytes: 512 * 1024,
  /** Interactions that a session keeps of those that its history is read from, and as many of the others. */
  sessionInteractions: 200,
  /** How long a session outlives the user's last interaction, and the age at which an interaction leaves it. */
  sessionTtlMs: 90 * DAY_MS,
  /** Critiques that a session keeps, and how long each counts; of several at once the newest stay. */
  critiques: 20,
  critiqueTtlMs: 14 * DAY_MS,
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
  /** Visitors of a user whose sessions are erased for one delivery of an erasure; the next one goes on. */
  erasedVisitors: 100,
  /** Dead letters of one list, and as many given to the queue again by one request. */
  deadLetters: 100,
  /** Objects of the training log in one answer. */
  logObjects: 50,
  /** Trending items that are read to find those that an answer may show. */
  trendingRead: 500,
  /** Items of one request to write them, and bytes of its body. */
  items: 1_000,
  itemsBodyBytes: 8 * 1024 * 1024,
  /** Items of one request that streams them, a line each. */
  streamedItems: 100_000,
  /** Written items that are read for one page of a list of all; a filter that few of them pass makes pages short. */
  itemsListed: 500,
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
  /** Feeds that may be configured, and how often one may be pulled, in minutes. */
  feeds: 32,
  feedEveryMinutes: { least: 5, most: 7 * 24 * 60 },
  /** Bytes and items of one feed, pages of one that comes in pages, and characters of one of its lines or entries. */
  feedBytes: 512 * 1024 * 1024,
  feedItems: 250_000,
  feedPages: 1_000,
  feedEntryChars: 256 * 1024,
  /** Redirects that are followed for it. */
  feedRedirects: 5,
  /** How long a feed may keep silent, and how long all of it may take; after that another pull may begin. */
  feedStallMs: 30_000,
  feedPullMs: 10 * 60_000,
  /** Share of the items of a feed that may leave it from one pull to the next: more is taken for a mistake. */
  feedLeavers: 0.5,
  /** Vectors that one run of the minute's trigger writes into the vector index. */
  vectorsPerSync: 20_000,
  /** How long an answer waits for the vector index; after how many faults in a row it is left alone, and for how long. */
  vectorWaitMs: 200,
  vectorFaults: 3,
  vectorPauseMs: 30_000,
  /** How often a change of one item is tried when others change it in between: of so many at once, each is made. An invocation may ask D1 twice as often, and some. */
  patchAttempts: 20,
  /** Changed items that the overlay holds whole, and earlier ones that it only says may not be shown. */
  overlayItems: 2_000,
  overlayWithdrawn: 100_000,
  /** Writes that one refresh takes in; the next one goes on. And how many of them one of its steps places. */
  refreshChanges: 20_000,
  refreshPage: 1_000,
  /** Items of which one step reads what users did with them, and items before each that are read. */
  learnedPage: 500,
  visitsRead: 50,
  /** Items that the model was not trained on and that are learned of, of more the newest; and interactions from which on one is. */
  learnedItems: 20_000,
  learnedFrom: 5,
  /** Texts that an endpoint embeds in one call, and items that its vectors are mapped to those of the catalogue by. */
  textsAtOnce: 64,
  textAnchors: 512,
  /** How long a refresh may take; after that another may begin. */
  refreshMs: 60 * 60_000,
  /** How long it is remembered how one ended. */
  refreshKeptMs: 30 * DAY_MS,
  /** Share of the exact nearest items that the scan of a new version must find. */
  refreshRecall: 0.95,
  /** Share of what a new version recommends that may differ from what is recommended now. */
  canaryShift: 0.1,
  /** The same of a version that learned from what users did: that is meant to change what is recommended. */
  learnedShift: 0.5,
  /** Keys of all tenants together: an isolate holds them all. */
  keys: 1_000,
  /** Characters of the name of a tenant. */
  tenantChars: 32,
  /** Tenants whose catalogue and model an isolate holds at once; the one asked for longest ago makes room. */
  tenantsHeld: 4,
  /** How long the token of a user holds, and that of an anonymous visitor. */
  userTokenMs: DAY_MS,
  visitorTokenMs: 90 * DAY_MS,
  /** Characters of a token. */
  tokenChars: 1_024,
  /** Characters of the secret that tokens are signed with, at least. */
  secretChars: 32,
  /** How long a caller that was limited is told to wait: the limits are per minute. */
  rateWindowMs: 60_000,
  /** Fresh items of which it is read how often they were shown. */
  exposuresRead: 500,
  /** Endpoints of the language model that may be configured. */
  llmEndpoints: 32,
  /** How long a call waits for the first piece of an answer, from one piece to the next, and for all of it. */
  llmFirstTextMs: 10_000,
  llmStallMs: 5_000,
  llmCallMs: 30_000,
  /** Characters of an answer, and bytes of all that is sent around them. */
  llmAnswerChars: 8_000,
  llmAnswerBytes: 8 * 1024 * 1024,
  /** Calls of one endpoint for one request, and the longest pause before the second, twice that before the third. */
  llmAttempts: 2,
  llmBackoffMs: 200,
  /** Calls to a region at once, and tokens that they may cost from one midnight UTC to the next, where no var says otherwise. */
  llmConcurrency: 4,
  llmDailyTokens: 500_000,
  /** After this many faults in a row an endpoint is left alone for this long; twice as long after each further one, up to the last. */
  llmBreakerFaults: 3,
  llmBreakerMs: 30_000,
  llmBreakerMsMax: 600_000,
  /** How long an endpoint may ask to be left alone. */
  llmRetryAfterMs: 3_600_000,
  /** How long a call holds its place if nobody hears of it again: longer than it can last. */
  llmLeaseMs: 60_000,
  /** Characters of a language tag. */
  localeChars: 35,
  /** Characters of a title, a category or an attribute that may stand in a sentence. */
  nameChars: 120,
  /** Items of the history that a reason names at most. */
  becauseItems: 2,
  /** And how many of them its explanation is of: pairs would make many texts that few ask for. */
  explainedBecause: 1,
  /** Characters of the id of an explanation, and of its text; tokens that a language model may use for it. */
  explanationIdChars: 4_096,
  explanationChars: 400,
  explanationTokens: 160,
  /** Categories, and attributes, of an item that a language model is told of. */
  explainedAttributes: 8,
  /** How long an explanation is kept, and how long a worded reason stands in for one: after a fault, and after a text that was refused. */
  explanationTtlMs: 30 * DAY_MS,
  explanationRetryMs: 60_000,
  explanationRefusedMs: DAY_MS,
  /** Results of a kind (explanations, readings) that an isolate remembers, and how long it takes one that was not there for missing. */
  flightsRemembered: 5_000,
  flightMissingMs: 60_000,
  /** Explanations that are read after an answer, from its top. */
  explanationsLookedUp: 10,
  /** Items of the top of an answer whose explanations are written before anybody asks for them (decision 073). */
  explanationsPrefetched: 1,
  /** How often an isolate must have given a reason before its explanation is written ahead. */
  explanationsAsked: 20,
  /** Recommendations of a user that a language model puts in order, and items of the history that it is told of. */
  rerankedItems: 20,
  rerankedHistory: 20,
  /** In how many orders it is shown them: what stands first is preferred for standing first. Tokens that it may use for each. */
  rerankingOrders: 2,
  rerankingTokens: 200,
  /** Interactions after which it is asked again, and after which what it said counts no more. */
  rerankingEvery: 3,
  rerankingFades: 8,
  /** How many times as likely the item that it puts first counts, and as unlikely the last. */
  rerankingFactor: 4,
  /** Characters of each of the phrases that a language model describes an item by, and tokens that it may use for all of them. */
  profileChars: 60,
  profileTokens: 100,
  /** Messages of a conversation, characters of each, and of what is answered; tokens that a language model may use for a turn. */
  chatMessages: 20,
  chatMessageChars: 1_000,
  chatChars: 1_200,
  chatTokens: 500,
  /** Turns in which a language model may have tools called, calls of one turn, and items that a call gives. */
  chatRounds: 3,
  chatCalls: 3,
  chatItems: 8,
  /** How long all turns of an answer may take. */
  chatMs: 60_000,
  /** Variants of an experiment, and how much larger one's share may be than a share of 1. */
  variants: 10,
  variantShare: 1_000,
} as const;
