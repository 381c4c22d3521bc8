export const followedManifests = `
  -- The versions of manifests that the index of a read-only node has.
  CREATE TABLE followed (
    package_id TEXT PRIMARY KEY,
    version TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`
