export const checkProgress = `
  -- Where the check of all blobs stands; no row: none was cut off.
  CREATE TABLE check_progress (
    name TEXT PRIMARY KEY,
    blob_id INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`
