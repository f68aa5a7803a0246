-- Every row belongs to a tenant; what there was belongs to the default one. A primary key cannot be changed, so tables are made anew.

ALTER TABLE counted RENAME TO old_counted;
CREATE TABLE counted (
  tenant TEXT NOT NULL,
  user TEXT NOT NULL,
  id TEXT NOT NULL,
  counted_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant, user, id)
) WITHOUT ROWID;
INSERT INTO counted SELECT 'default', user, id, counted_ms FROM old_counted;
DROP TABLE old_counted;
CREATE INDEX counted_by_time ON counted (counted_ms);

ALTER TABLE trends RENAME TO old_trends;
CREATE TABLE trends (
  tenant TEXT NOT NULL,
  country TEXT NOT NULL,
  category TEXT NOT NULL,
  item TEXT NOT NULL,
  popularity REAL NOT NULL,
  trend REAL NOT NULL,
  PRIMARY KEY (tenant, country, category, item)
) WITHOUT ROWID;
INSERT INTO trends SELECT 'default', country, category, item, popularity, trend FROM old_trends;
DROP TABLE old_trends;
CREATE INDEX trends_by_trend ON trends (tenant, country, category, trend);

ALTER TABLE clicks RENAME TO old_clicks;
CREATE TABLE clicks (
  tenant TEXT NOT NULL,
  position INTEGER NOT NULL,
  impressions INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  PRIMARY KEY (tenant, position)
) WITHOUT ROWID;
INSERT INTO clicks SELECT 'default', position, impressions, clicks FROM old_clicks;
DROP TABLE old_clicks;

ALTER TABLE co_visits RENAME TO old_co_visits;
CREATE TABLE co_visits (
  tenant TEXT NOT NULL,
  earlier TEXT NOT NULL,
  later TEXT NOT NULL,
  visits INTEGER NOT NULL,
  PRIMARY KEY (tenant, earlier, later)
) WITHOUT ROWID;
INSERT INTO co_visits SELECT 'default', earlier, later, visits FROM old_co_visits;
DROP TABLE old_co_visits;

ALTER TABLE log_objects RENAME TO old_log_objects;
CREATE TABLE log_objects (
  tenant TEXT NOT NULL,
  user TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (tenant, user, key)
) WITHOUT ROWID;
INSERT INTO log_objects SELECT 'default', user, key FROM old_log_objects;
DROP TABLE old_log_objects;

ALTER TABLE erasures RENAME TO old_erasures;
CREATE TABLE erasures (
  tenant TEXT NOT NULL,
  user TEXT NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant, user)
) WITHOUT ROWID;
INSERT INTO erasures SELECT 'default', user, until_ms FROM old_erasures;
DROP TABLE old_erasures;

ALTER TABLE dead_letters ADD COLUMN tenant TEXT NOT NULL DEFAULT 'default';

-- Which visitor turned out to be which user: what erasure of the user has to follow.
CREATE TABLE merges (
  tenant TEXT NOT NULL,
  visitor TEXT NOT NULL,
  user TEXT NOT NULL,
  merged_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant, visitor)
) WITHOUT ROWID;
CREATE INDEX merges_by_user ON merges (tenant, user);
