import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LocalStore } from '../../src/storage/local-store.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { blobStoreContract } from './blob-store-contract.ts'

blobStoreContract('LocalStore', async () => {
  const root = tempDir()
  return { store: await LocalStore.open(root), reopen: () => LocalStore.open(root) }
})

it('keeps a plain SymStore tree that others can read', async () => {
  const root = tempDir()
  const store = await LocalStore.open(root)
  const folder = await store.stage('p')
  writeFileSync(folder.path('0'), 'bytes')
  await store.publish([{ staged: folder.path('0'), key: 'Foo.pdb/ABC1/Foo.pdb' }])
  expect(readdirSync(join(root, 'Foo.pdb/ABC1'))).toEqual(['Foo.pdb'])
})

it('publishes more files than are flushed one by one', async () => {
  const store = await LocalStore.open(tempDir())
  const folder = await store.stage('p')
  const files = Array.from({ length: 1200 }, (_, index) => ({
    staged: folder.path(String(index)),
    key: `f${index}.pdb/ABC1/f${index}.pdb`,
  }))
  for (const { staged } of files) writeFileSync(staged, 'bytes')
  await store.secure(
    folder,
    files.map(({ staged }) => staged),
  )
  await store.publish(files)
  expect(await store.stat('f1199.pdb/ABC1/f1199.pdb')).toMatchObject({ size: 5 })
  await expect(
    store.secure(
      folder,
      files.map(({ staged }) => staged),
    ),
  ).rejects.toThrow('ENOENT')
})

it('does not follow links that somebody put into the tree', async () => {
  const root = tempDir()
  const outside = join(tempDir(), 'secret')
  writeFileSync(outside, 'secret')
  const store = await LocalStore.open(root)
  mkdirSync(join(root, 'a.pdb/1'), { recursive: true })
  symlinkSync(outside, join(root, 'a.pdb/1/a.pdb'))
  expect(await store.stat('a.pdb/1/a.pdb')).toBeUndefined()
  for await (const { key } of store.list()) expect(key).toBe('nothing is listed')
})

it('says which folder it cannot use', async () => {
  const file = join(tempDir(), 'file')
  writeFileSync(file, '')
  chmodSync(file, 0o400)
  await expect(LocalStore.open(join(file, 'below'))).rejects.toThrow(
    `cannot use ${join(file, 'below')} as a store`,
  )
})
