-- What was shown and clicked, by the scenario and variant of the answer and the place in it. '' where an id does not say, or
-- where there is no experiment.
CREATE TABLE placements (
  tenant TEXT NOT NULL,
  scenario TEXT NOT NULL,
  experiment TEXT NOT NULL,
  variant TEXT NOT NULL,
  position INTEGER NOT NULL,
  impressions INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  PRIMARY KEY (tenant, scenario, experiment, variant, position)
) WITHOUT ROWID;
INSERT INTO placements SELECT tenant, '', '', '', position, impressions, clicks FROM clicks;
DROP TABLE clicks;

-- Experiments as JSON (src/experiments/experiment.ts).
CREATE TABLE experiments (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

-- What every user of a variant saw and did.
CREATE TABLE variant_users (
  tenant TEXT NOT NULL,
  experiment TEXT NOT NULL,
  variant TEXT NOT NULL,
  user TEXT NOT NULL,
  impressions INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  purchases INTEGER NOT NULL,
  PRIMARY KEY (tenant, experiment, variant, user)
) WITHOUT ROWID;
CREATE INDEX variant_users_by_user ON variant_users (tenant, user);
