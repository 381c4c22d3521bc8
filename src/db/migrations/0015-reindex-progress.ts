export const reindexProgress = `
  -- How far a rebuild of the index has got; no rows: none was cut off there.
  CREATE TABLE reindex_progress (
    root TEXT PRIMARY KEY CHECK (root IN ('hosted', 'cache')),
    key TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`
