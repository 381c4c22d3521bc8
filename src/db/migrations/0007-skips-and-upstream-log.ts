export const skipsAndUpstreamLog = `
  CREATE TABLE skips (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    upstream TEXT NOT NULL,
    path TEXT NOT NULL,
    failed_fills INTEGER NOT NULL,
    last_failed_at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    identities TEXT NOT NULL,
    UNIQUE (upstream, path)
  ) STRICT;

  CREATE TABLE upstream_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    upstream TEXT NOT NULL,
    at INTEGER NOT NULL,
    path TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('downloaded', 'absent', 'failed')),
    text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX upstream_log_by_upstream ON upstream_log (upstream, id);
  CREATE INDEX upstream_log_by_time ON upstream_log (at);

  ALTER TABLE counters ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
`
