export const missing = `
  CREATE TABLE missing (
    path TEXT PRIMARY KEY,
    store_path TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    trusted INTEGER NOT NULL,
    user_agents TEXT NOT NULL,
    found_at INTEGER,
    found_by TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX missing_by_time ON missing (last_at, path);
  CREATE INDEX missing_by_worth ON missing (trusted, count, last_at);

  CREATE TABLE missing_identities (
    identity TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (identity, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX missing_identities_by_path ON missing_identities (path);
`
