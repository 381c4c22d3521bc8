export const packageHoldings = `
  -- Which packages hold these bytes, under which key: asked when one of them goes.
  CREATE INDEX package_files_by_content ON package_files (sha256, store_key);

  -- When uses began to be counted: what was used before cannot be told from what was not.
  CREATE TABLE counting_uses (
    since INTEGER NOT NULL
  ) STRICT;
  INSERT INTO counting_uses (since) VALUES (unixepoch() * 1000);
`
