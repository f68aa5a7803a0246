-- Refreshes of the snapshot (src/catalog/refresh): the one that is running, and how the others ended.
CREATE TABLE refreshes (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  -- NULL while it runs.
  finished_ms INTEGER,
  -- What `RefreshOutcome` says, as JSON.
  outcome TEXT,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX refreshes_by_time ON refreshes (tenant, started_ms);
