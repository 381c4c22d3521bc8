export const packageHistory = `
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
`
