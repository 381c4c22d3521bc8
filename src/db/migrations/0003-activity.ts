export const activity = `
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
`
