-- What is counted of interactions; written by the queue's consumer (src/feedback), one transaction a batch.

-- Every interaction that was counted, so that a message that comes twice counts once. Rows go after LIMITS.countedMs.
CREATE TABLE counted (
  user TEXT NOT NULL,
  id TEXT NOT NULL,
  counted_ms INTEGER NOT NULL,
  PRIMARY KEY (user, id)
) WITHOUT ROWID;
CREATE INDEX counted_by_time ON counted (counted_ms);

-- Popularity (a sum of weights) and trend (the same, decaying; see src/feedback/decay.ts). '' is every country, every category.
CREATE TABLE trends (
  country TEXT NOT NULL,
  category TEXT NOT NULL,
  item TEXT NOT NULL,
  popularity REAL NOT NULL,
  trend REAL NOT NULL,
  PRIMARY KEY (country, category, item)
) WITHOUT ROWID;
CREATE INDEX trends_by_trend ON trends (country, category, trend);

-- What was shown and what of it was clicked, by its place in the answer.
CREATE TABLE clicks (
  position INTEGER PRIMARY KEY,
  impressions INTEGER NOT NULL,
  clicks INTEGER NOT NULL
);

-- How often users turned to `later` soon after `earlier`, since the counters began.
CREATE TABLE co_visits (
  earlier TEXT NOT NULL,
  later TEXT NOT NULL,
  visits INTEGER NOT NULL,
  PRIMARY KEY (earlier, later)
) WITHOUT ROWID;

-- Which objects of the training log hold something of a user: what erasure has to rewrite.
CREATE TABLE log_objects (
  user TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (user, key)
) WITHOUT ROWID;
CREATE INDEX log_objects_by_key ON log_objects (key);

-- Users who were erased: what they did until then and arrives late is dropped. Rows go after LIMITS.countedMs.
CREATE TABLE erasures (
  user TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- Messages that failed too often, kept until somebody looks at them.
CREATE TABLE dead_letters (
  id TEXT PRIMARY KEY,
  died_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) WITHOUT ROWID;
