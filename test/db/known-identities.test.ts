import { expect, it } from 'vitest'
import { BlobTable } from '../../src/db/blob-table.ts'
import { KnownIdentities } from '../../src/db/known-identities.ts'
import { testDatabase } from '../helpers/test-database.ts'

const COUNT = 2345

function fill(database: ReturnType<typeof testDatabase>): void {
  const blob = { root: 'hosted', kind: 'pdb', size: 1, etag: 'e', source: undefined } as const
  new BlobTable(database).put({
    blob: { ...blob, key: 'a/b/c', modifiedAtMs: 0 },
    identities: Array.from({ length: COUNT }, (_, index) => `pdb:${index}`),
  })
}

it('knows nothing to be absent before all is read, and most of what is absent after that', async () => {
  const database = testDatabase()
  fill(database)
  const known = new KnownIdentities(database)
  expect(known.mayHave('elf:0')).toBe(true)
  known.add('early')
  await known.ready()
  known.add('late')
  const names = Array.from({ length: COUNT }, (_, index) => `pdb:${index}`)
  expect([...names, 'early', 'late'].filter((name) => !known.mayHave(name))).toEqual([])
  const absent = Array.from({ length: 1000 }, (_, index) => `elf:${index}`)
  expect(absent.filter((name) => known.mayHave(name)).length).toBeLessThan(100)
})

it('has what comes while the rest is being read', async () => {
  const database = testDatabase()
  fill(database)
  const known = new KnownIdentities(database)
  const added = Array.from({ length: 50 }, (_, index) => `new:${index}`)
  for (const name of added) {
    known.add(name)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await known.ready()
  expect(added.filter((name) => !known.mayHave(name))).toEqual([])
})

it('ends with the database', async () => {
  const database = testDatabase()
  fill(database)
  const known = new KnownIdentities(database)
  database.close()
  await known.ready()
  expect(known.mayHave('elf:0')).toBe(true)
})
