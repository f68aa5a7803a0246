-- Items as the catalogue interface was told of them (src/catalog/items). An item that only the published snapshot has gets a row with its first change.

CREATE TABLE items (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  -- The number of the write that made it what it is: every write takes the next one, so "what changed since" is a range.
  seq INTEGER NOT NULL,
  -- Of the content; '' once the item is deleted. The row stays, so that snapshots older than the deletion can be told.
  hash TEXT NOT NULL,
  content TEXT NOT NULL,
  -- 0 where no answer may hold it: hidden, not available or deleted.
  shown INTEGER NOT NULL,
  -- When it came; NULL if it was in the snapshot before, and nobody knows.
  created_ms INTEGER,
  updated_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX items_by_seq ON items (tenant, seq);
