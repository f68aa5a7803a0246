-- How often recommendations showed an item, and users turned to it there: what exploration learns from.
CREATE TABLE exposures (
  item TEXT PRIMARY KEY,
  impressions INTEGER NOT NULL,
  clicks INTEGER NOT NULL
) WITHOUT ROWID;
