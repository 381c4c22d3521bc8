export const managedUpstreams = `
  CREATE TABLE upstreams (
    name TEXT PRIMARY KEY,
    written TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`
