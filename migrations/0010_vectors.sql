-- Which versions of the snapshot stand in the vector index (src/catalog/vectors), and how far they are written.
CREATE TABLE vector_versions (
  tenant TEXT NOT NULL,
  version TEXT NOT NULL,
  items INTEGER NOT NULL,
  -- Rows that are written; the version is ready when they are all and its mark is.
  written INTEGER NOT NULL,
  ready INTEGER NOT NULL,
  PRIMARY KEY (tenant, version)
) WITHOUT ROWID;
