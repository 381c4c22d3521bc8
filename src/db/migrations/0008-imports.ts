export const imports = `
  CREATE TABLE imported_files (
    key BLOB PRIMARY KEY,
    imported_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`
