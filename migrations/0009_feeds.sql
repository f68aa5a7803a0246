-- Feeds that items are pulled from (src/catalog/feeds): the latest pull of each.
CREATE TABLE feeds (
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  -- NULL while it runs.
  finished_ms INTEGER,
  -- What `PullOutcome` says, as JSON.
  outcome TEXT,
  -- What the origin is asked with whether the feed has changed, as JSON; NULL where all of it has to be read.
  validators TEXT,
  PRIMARY KEY (tenant, name)
) WITHOUT ROWID;

-- Which items a feed had when it was last read to its end: those that are not in it any more are hidden.
CREATE TABLE feed_items (
  tenant TEXT NOT NULL,
  feed TEXT NOT NULL,
  item TEXT NOT NULL,
  PRIMARY KEY (tenant, feed, item)
) WITHOUT ROWID;
