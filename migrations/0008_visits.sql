-- What a refresh learns of an item is looked up by that item, so the later one stands first in the key.
ALTER TABLE co_visits RENAME TO old_co_visits;
CREATE TABLE co_visits (
  tenant TEXT NOT NULL,
  later TEXT NOT NULL,
  earlier TEXT NOT NULL,
  visits INTEGER NOT NULL,
  PRIMARY KEY (tenant, later, earlier)
) WITHOUT ROWID;
INSERT INTO co_visits SELECT tenant, later, earlier, visits FROM old_co_visits;
DROP TABLE old_co_visits;
