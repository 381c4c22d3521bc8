export const packageBuilds = `
  -- Packages of one build, which retention counts as one; NULL: it is one by itself.
  ALTER TABLE packages ADD COLUMN build TEXT;
`
