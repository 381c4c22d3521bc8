export const blobUses = `
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
`
