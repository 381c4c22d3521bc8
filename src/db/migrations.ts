/** The schema, one step per version; append only. `PRAGMA user_version` holds the number of steps taken. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE blobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    root TEXT NOT NULL CHECK (root IN ('hosted', 'cache')),
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    source TEXT,
    modified_at INTEGER NOT NULL,
    UNIQUE (root, key)
  ) STRICT;

  CREATE TABLE identities (
    identity TEXT NOT NULL,
    root TEXT NOT NULL CHECK (root IN ('hosted', 'cache')),
    blob_id INTEGER NOT NULL REFERENCES blobs (id) ON DELETE CASCADE,
    PRIMARY KEY (identity, root)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX identities_by_blob ON identities (blob_id);

  CREATE TABLE hosted_names (
    name TEXT PRIMARY KEY
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE packages (
    id TEXT PRIMARY KEY,
    tag TEXT NOT NULL,
    product TEXT,
    version TEXT,
    comment TEXT,
    protected INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('good', 'failed')),
    received_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX packages_by_tag ON packages (tag, received_at);

  CREATE TABLE package_files (
    package_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    path TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    store_key TEXT,
    size INTEGER,
    sha256 TEXT,
    keys TEXT NOT NULL,
    PRIMARY KEY (package_id, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX package_files_by_store_key ON package_files (store_key);

  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('download', 'upload', 'admin')),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE misses (
    upstream TEXT NOT NULL,
    path TEXT NOT NULL,
    checked_at INTEGER NOT NULL,
    requested_at INTEGER NOT NULL,
    PRIMARY KEY (upstream, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX misses_by_path ON misses (path);
  CREATE INDEX misses_by_request ON misses (requested_at);

  CREATE TABLE miss_identities (
    identity TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (identity, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX miss_identities_by_path ON miss_identities (path);

  CREATE TABLE marks (
    name TEXT PRIMARY KEY
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE blob_uses (
    root TEXT NOT NULL CHECK (root IN ('hosted', 'cache')),
    key TEXT NOT NULL,
    hits INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    PRIMARY KEY (root, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blob_uses_by_time ON blob_uses (root, last_used_at);

  CREATE TABLE root_totals (
    root TEXT PRIMARY KEY CHECK (root IN ('hosted', 'cache')),
    blobs INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  INSERT INTO blob_uses (root, key, hits, last_used_at) SELECT root, key, 0, modified_at FROM blobs;
  INSERT INTO root_totals (root, blobs, bytes)
    SELECT r.root, (SELECT count(*) FROM blobs WHERE root = r.root),
      (SELECT coalesce(sum(size), 0) FROM blobs WHERE root = r.root)
    FROM (SELECT 'hosted' AS root UNION ALL SELECT 'cache') r;

  -- Every blob has a row of uses from its arrival on; it goes with «remove», not when the index is rebuilt.
  CREATE TRIGGER blob_arrived AFTER INSERT ON blobs BEGIN
    INSERT INTO blob_uses (root, key, hits, last_used_at) VALUES (new.root, new.key, 0, new.modified_at)
      ON CONFLICT (root, key) DO UPDATE SET last_used_at = max(last_used_at, excluded.last_used_at);
    UPDATE root_totals SET blobs = blobs + 1, bytes = bytes + new.size WHERE root = new.root;
  END;
  CREATE TRIGGER blob_left AFTER DELETE ON blobs BEGIN
    UPDATE root_totals SET blobs = blobs - 1, bytes = bytes - old.size WHERE root = old.root;
  END;
  `,
  `
  CREATE TABLE activity (
    hour INTEGER PRIMARY KEY,
    hosted INTEGER NOT NULL,
    cache INTEGER NOT NULL,
    upstream INTEGER NOT NULL,
    absent INTEGER NOT NULL,
    trouble INTEGER NOT NULL,
    bytes_sent INTEGER NOT NULL,
    fetches INTEGER NOT NULL,
    fetches_failed INTEGER NOT NULL,
    bytes_fetched INTEGER NOT NULL,
    uploads INTEGER NOT NULL,
    bytes_uploaded INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE packages_2 (
    id TEXT PRIMARY KEY,
    tag TEXT NOT NULL,
    product TEXT,
    version TEXT,
    comment TEXT,
    protected INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('processing', 'good', 'failed')),
    published INTEGER NOT NULL,
    token_id TEXT,
    sent_bytes INTEGER,
    size INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    alerts INTEGER NOT NULL,
    error_code TEXT,
    error_message TEXT,
    received_at INTEGER NOT NULL,
    finished_at INTEGER
  ) STRICT, WITHOUT ROWID;

  INSERT INTO packages_2
  SELECT p.id, p.tag, p.product, p.version, p.comment, p.protected, p.verdict, 1, NULL, NULL,
    coalesce(sum(f.size), 0), coalesce(sum(f.status = 'stored'), 0), coalesce(sum(f.status = 'duplicate'), 0),
    coalesce(sum(f.status = 'conflict'), 0), coalesce(sum(f.status = 'skipped'), 0),
    coalesce(sum(f.status = 'rejected'), 0), 0, NULL, NULL, p.received_at, p.received_at
  FROM packages p LEFT JOIN package_files f ON f.package_id = p.id
  GROUP BY p.id;

  DROP TABLE packages;
  ALTER TABLE packages_2 RENAME TO packages;
  CREATE INDEX packages_by_tag ON packages (tag, id);
  CREATE INDEX packages_by_verdict ON packages (verdict, id);
  CREATE INDEX packages_by_tag_and_verdict ON packages (tag, verdict, id);
  CREATE INDEX packages_refused ON packages (id) WHERE published = 0;

  ALTER TABLE package_files ADD COLUMN alert TEXT;

  ALTER TABLE tokens ADD COLUMN tags TEXT;
  ALTER TABLE tokens ADD COLUMN names TEXT;
  `,
  `
  -- Which packages hold these bytes, under which key: asked when one of them goes.
  CREATE INDEX package_files_by_content ON package_files (sha256, store_key);

  -- When uses began to be counted: what was used before cannot be told from what was not.
  CREATE TABLE counting_uses (
    since INTEGER NOT NULL
  ) STRICT;
  INSERT INTO counting_uses (since) VALUES (unixepoch() * 1000);
  `,
  `
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
  `,
  `
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
  `,
  `
  CREATE TABLE imported_files (
    key BLOB PRIMARY KEY,
    imported_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE upstreams (
    name TEXT PRIMARY KEY,
    written TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Whether the first use takes the expiry off.
  ALTER TABLE tokens ADD COLUMN expires_unless_used INTEGER NOT NULL DEFAULT 0;
  `,
  `
  CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    label TEXT NOT NULL,
    event TEXT NOT NULL,
    package_id TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'given_up')),
    attempts INTEGER NOT NULL,
    error TEXT,
    created_at INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX notifications_due ON notifications (channel, at, id) WHERE state = 'waiting';
  CREATE INDEX notifications_over ON notifications (id) WHERE state <> 'waiting';
  `,
  `
  -- Where the check of all blobs stands; no row: none was cut off.
  CREATE TABLE check_progress (
    name TEXT PRIMARY KEY,
    blob_id INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The versions of manifests that the index of a read-only node has.
  CREATE TABLE followed (
    package_id TEXT PRIMARY KEY,
    version TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE prefetch (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'fetched', 'present', 'absent', 'failed')),
    reason TEXT,
    added_at INTEGER NOT NULL,
    finished_at INTEGER
  ) STRICT;
  CREATE INDEX prefetch_by_state ON prefetch (state, id);
  `,
  `
  -- How far a rebuild of the index has got; no rows: none was cut off there.
  CREATE TABLE reindex_progress (
    root TEXT PRIMARY KEY CHECK (root IN ('hosted', 'cache')),
    key TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
]
