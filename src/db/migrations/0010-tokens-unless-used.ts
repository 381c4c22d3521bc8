export const tokensUnlessUsed = `
  -- Whether the first use takes the expiry off.
  ALTER TABLE tokens ADD COLUMN expires_unless_used INTEGER NOT NULL DEFAULT 0;
`
