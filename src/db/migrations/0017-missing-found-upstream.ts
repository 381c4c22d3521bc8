export const missingFoundUpstream = `
  -- The upstream that brought what had been missing; NULL: an upload did, or nobody yet.
  ALTER TABLE missing ADD COLUMN found_upstream TEXT;
`
