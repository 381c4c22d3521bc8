import { writeFileSync } from 'node:fs'
import { LRUCache } from 'lru-cache'
import { describe, expect, it } from 'vitest'
import type { IndexedBlob } from '../../../src/db/blob-table.ts'
import { blobContent } from '../../../src/http/download/blob-content.ts'
import { LocalStore } from '../../../src/storage/local-store.ts'
import { tempDir } from '../../helpers/temp-dir.ts'

const KEY = 'a.pdb/0ABC/a.pdb'

/** A stored blob; `size` is what the index says of it. */
async function stored(content: string, size = content.length) {
  const store = await LocalStore.open(tempDir())
  const folder = await store.stage('p')
  writeFileSync(folder.path('0'), content)
  await store.publish([{ staged: folder.path('0'), key: KEY }])
  const blob: IndexedBlob = {
    id: 1,
    root: 'hosted',
    key: KEY,
    kind: 'pdb',
    size,
    etag: 'e',
    source: undefined,
    modifiedAtMs: 5,
  }
  return { store, blob }
}

const memory = () =>
  new LRUCache<number, Uint8Array>({ maxSize: 1000, sizeCalculation: (bytes) => bytes.byteLength })
const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString()

describe('a stored blob', () => {
  it('is opened from the store, and a second time from memory', async () => {
    const { store, blob } = await stored('content')
    const cache = memory()
    const content = blobContent(blob, store, () => true, cache)
    expect(text(await content.whole?.())).toBe('content')
    await store.delete([KEY])
    expect(text(await blobContent(blob, store, () => true, cache).whole?.())).toBe('content')
    expect(await content.finalSize()).toBe(7)
  })

  it('is gone when its file is gone, or has been replaced between lookup and opening', async () => {
    const { store, blob } = await stored('content')
    expect(await blobContent(blob, store, () => false, undefined).open()).toBeUndefined()
    expect(await blobContent(blob, store, () => false, memory()).whole?.()).toBeUndefined()
    await store.delete([KEY])
    expect(await blobContent(blob, store, () => true, undefined).open()).toBeUndefined()
    expect(await blobContent(blob, store, () => true, memory()).whole?.()).toBeUndefined()
  })

  it('that has become shorter on the disk is never held, nor served as if it were whole', async () => {
    const { store, blob } = await stored('cont', 7)
    const cache = memory()
    const content = blobContent(blob, store, () => true, cache)
    await expect(content.whole?.()).rejects.toThrow(`${KEY} ended at 4 of 7 bytes`)
    expect(cache.size).toBe(0)
  })

  it('may be empty', async () => {
    const { store, blob } = await stored('')
    expect(text(await blobContent(blob, store, () => true, memory()).whole?.())).toBe('')
  })
})
