export const prefetch = `
  CREATE TABLE prefetch (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'fetched', 'present', 'absent', 'failed')),
    reason TEXT,
    added_at INTEGER NOT NULL,
    finished_at INTEGER
  ) STRICT;
  CREATE INDEX prefetch_by_state ON prefetch (state, id);
`
