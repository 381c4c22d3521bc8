export const foundation = `
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
`
