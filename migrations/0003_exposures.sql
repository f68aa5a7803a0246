-- How often recommendations showed an item, and users turned to it there: what exploration learns from.
CREATE TABLE exposures (
  tenant TEXT NOT NULL,
  item TEXT NOT NULL,
  impressions INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  PRIMARY KEY (tenant, item)
) WITHOUT ROWID;
