import { expect, it } from 'vitest'
import { HostedNameTable } from '../../src/db/hosted-name-table.ts'
import { testDatabase } from '../helpers/test-database.ts'

it('HostedNameTable knows a name in every casing and may be told it twice', async () => {
  const database = testDatabase()
  const names = new HostedNameTable(database)
  await names.addAll(['App.PDB'])
  await names.addAll(['app.pdb'])
  await names.addAll(['GRÖSSE.dll'])
  expect([names.has('aPP.pdb'), names.has('größe.dll'), names.has('grösse.DLL')]).toEqual([
    true,
    false,
    true,
  ])
  expect(database.prepare('SELECT count(*) FROM hosted_names').pluck().get()).toBe(2)
})
