import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { BlobStore, StagingFolder } from '../../src/storage/blob-store.ts'

const KEY = 'crash.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/crash.pdb'

/** What every BlobStore promises. `reopen` opens the same store again, as a new process would. */
export function blobStoreContract(
  name: string,
  open: () => Promise<{ store: BlobStore; reopen(): Promise<BlobStore> }>,
): void {
  describe(`${name}: the blob store contract`, () => {
    it('publishes staged files, which are then open, stat and listed', async () => {
      const { store } = await open()
      const folder = await store.stage('p1')
      await publish(store, folder, { [KEY]: 'one', 'a.dll/5617D5638000/a.dll': 'two' })

      expect(await content(store, KEY)).toBe('one')
      expect(await store.stat(KEY)).toMatchObject({ key: KEY, size: 3 })
      expect((await keys(store)).sort()).toEqual(['a.dll/5617D5638000/a.dll', KEY])
    })

    it('gives undefined for a blob that is not there', async () => {
      const { store } = await open()
      expect(await store.open(KEY)).toBeUndefined()
      expect(await store.stat(KEY)).toBeUndefined()
      expect(await store.stat('crash.pdb/497B72F6390A44FC878E5A2D63B6CC4B1')).toBeUndefined()
    })

    it('keeps names that are awkward for a filesystem', async () => {
      const { store } = await open()
      const folder = await store.stage('p1')
      const awkward = ['lib~gtk+ (1).so', 'größe 日本.pdb', "q'uote%2F.dll"].map(
        (part) => `${part}/0ABC1000/${part}`,
      )
      await publish(store, folder, Object.fromEntries(awkward.map((key) => [key, key])))
      for (const key of awkward) expect(await content(store, key)).toBe(key)
      expect((await keys(store)).sort()).toEqual(awkward.sort())
    })

    it('refuses keys that lead out of the store or into its own folder', async () => {
      const { store } = await open()
      for (const key of [
        '../x/y',
        'a//b',
        '/etc/passwd',
        'a/./b',
        '.symgate/packages/x.json',
        'a\\b/c/d',
        'a/\0/b',
        '',
      ]) {
        await expect(async () => await store.open(key), key).rejects.toThrow('is no key of a store')
      }
    })

    it('shows readers of a replaced blob the old content to its end, and others the new one', async () => {
      const { store } = await open()
      await publish(store, await store.stage('p1'), { [KEY]: 'old' })
      const before = await store.open(KEY)
      const folder = await store.stage('p2')
      await writeFile(folder.path('0'), 'new!')
      await store.secure(folder, [folder.path('0')])
      let committed = 0
      await store.replace({ staged: folder.path('0'), key: KEY }, () => committed++)

      expect(committed).toBe(1)
      expect(await content(store, KEY)).toBe('new!')
      const bytes = new Uint8Array(10)
      expect(await before?.read(bytes, 0)).toBe(3)
      expect(Buffer.from(bytes.subarray(0, 3)).toString()).toBe('old')
      before?.close()
    })

    it('deletes blobs, passes over absent ones, and leaves no empty folders in the listing', async () => {
      const { store } = await open()
      await publish(store, await store.stage('p1'), {
        [KEY]: 'one',
        'crash.pdb/0001/crash.pdb': 'two',
      })
      await store.delete([KEY, 'never/was/here'])
      expect(await store.open(KEY)).toBeUndefined()
      expect(await keys(store)).toEqual(['crash.pdb/0001/crash.pdb'])
    })

    it('sets blobs aside where they are neither listed nor opened, over what was there before', async () => {
      const { store, reopen } = await open()
      const awkward = 'größe (1).dll/0ABC1000/größe (1).dll'
      for (const round of ['one', 'two']) {
        await publish(store, await store.stage(round), { [KEY]: round, [awkward]: 'a' })
        await store.setAside(KEY)
        await store.setAside(awkward)
        expect([await store.open(KEY), await store.stat(awkward)]).toEqual([undefined, undefined])
        expect(await keys(await reopen())).toEqual([])
      }
      await store.setAside('never/was/here')
      await publish(store, await store.stage('p1'), { [KEY]: 'three' })
      expect(await content(store, KEY)).toBe('three')
    })

    it('keeps nothing of a discarded staging folder', async () => {
      const { store, reopen } = await open()
      const folder = await store.stage('p1')
      await writeFile(folder.path('0'), 'half')
      await folder.discard()
      expect(existsSync(folder.path('0'))).toBe(false)
      expect(await (await reopen()).leftovers()).toEqual([])
      expect(await keys(store)).toEqual([])
    })

    it('shows what a crash left in staging, never lists it, and lets its publication be resumed', async () => {
      const { store, reopen } = await open()
      const folder = await store.stage('p1')
      await writeFile(folder.path('0'), 'zero')
      await writeFile(folder.path('1'), 'one')
      await store.secure(folder, [folder.path('0'), folder.path('1')])
      await store.publish([{ staged: folder.path('0'), key: KEY }])

      const again = await reopen()
      const [left] = await again.leftovers()
      expect(left?.id).toBe('p1')
      expect(await keys(again)).toEqual([KEY])
      if (left === undefined) return
      await again.resume([
        { staged: left.path('0'), key: KEY },
        { staged: left.path('1'), key: 'b.pdb/0001/b.pdb' },
      ])
      await left.discard()
      expect(await content(again, KEY)).toBe('zero')
      expect(await content(again, 'b.pdb/0001/b.pdb')).toBe('one')
      expect(await again.leftovers()).toEqual([])
    })

    it('does not take a staged file that is not there for a published one', async () => {
      const { store } = await open()
      const folder = await store.stage('p1')
      const sha256 = '0'.repeat(64)
      for (const key of [KEY, 'b.pdb/0001/b.pdb']) {
        const lost = { staged: folder.path('0'), key, sha256 }
        await expect(store.publish([lost])).rejects.toThrow('ENOENT')
        await expect(store.replace(lost, () => expect.unreachable())).rejects.toThrow('ENOENT')
        await publish(store, await store.stage(`of ${key.slice(0, 1)}`), { [KEY]: 'other' })
      }
      expect(await keys(store)).toEqual([KEY])
    })

    it('publishes while the folders are deleted under it', async () => {
      const { store } = await open()
      for (let round = 0; round < 30; round++) {
        const folder = await store.stage(`r${round}`)
        await writeFile(folder.path('0'), 'x')
        await Promise.all([
          store.publish([{ staged: folder.path('0'), key: KEY }]),
          store.delete(['crash.pdb/none/crash.pdb', KEY]),
        ])
        await publish(store, await store.stage(`s${round}`), { [KEY]: String(round) })
        expect(await content(store, KEY)).toBe(String(round))
        await store.delete([KEY])
      }
    })
  })
}

async function publish(
  store: BlobStore,
  folder: StagingFolder,
  files: Record<string, string>,
): Promise<void> {
  const publications = Object.keys(files).map((key, index) => ({
    staged: folder.path(String(index)),
    key,
  }))
  for (const { staged, key } of publications) await writeFile(staged, files[key] ?? '')
  await store.secure(
    folder,
    publications.map(({ staged }) => staged),
  )
  await store.publish(publications)
  await folder.discard()
}

async function content(store: BlobStore, key: string): Promise<string | undefined> {
  const blob = await store.open(key)
  if (blob === undefined) return undefined
  const bytes = new Uint8Array(1000)
  const count = await blob.read(bytes, 0)
  expect(await blob.read(new Uint8Array(10), count)).toBe(0)
  blob.close()
  return Buffer.from(bytes.subarray(0, count)).toString()
}

async function keys(store: BlobStore): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of store.list()) found.push(key)
  return found
}
