import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('the lock file keeps npm from compiling better-sqlite3, whose binaries lie in the package', () => {
  // `npm install` drops the line; without it `npm ci` fails where there is no Python.
  const lock = JSON.parse(
    readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'),
  ) as {
    packages: Record<string, { gypfile?: boolean }>
  }
  expect(lock.packages['node_modules/better-sqlite3']?.gypfile).toBe(false)
})
