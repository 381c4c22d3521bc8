import { gunzipSync } from 'node:zlib'
import { randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { BlobTable, type IndexedBlob } from '../../src/db/blob-table.ts'
import { DerivedFiles, type DerivedFile } from '../../src/lookup/derived-files.ts'
import { LocalStore } from '../../src/storage/local-store.ts'
import type { OpenBlob } from '../../src/storage/blob-store.ts'
import { listFiles } from '../helpers/list-files.ts'
import { readCabinet } from '../helpers/read-cabinet.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { testDatabase } from '../helpers/test-database.ts'

const content = randomBytes(700_000)

async function bench() {
  const root = tempDir()
  const blobs = new BlobTable(testDatabase())
  const store = await LocalStore.open(root)
  const derived = new DerivedFiles({ store, blobs })
  const opened: string[] = []
  const put = (etag: string, size = content.byteLength): IndexedBlob => {
    const key = 'app.pdb/1/app.pdb'
    blobs.put({
      blob: { root: 'cache', key, kind: 'pdb', size, etag, source: undefined, modifiedAtMs: 1e12 },
      identities: [],
    })
    return blobs.byKey('cache', key)!
  }
  const open = (blob: IndexedBlob) => (): Promise<OpenBlob | undefined> => {
    opened.push(blob.etag)
    return Promise.resolve({
      read: (target, position) =>
        Promise.resolve(content.copy(target, 0, position, position + target.byteLength)),
      close: () => void opened.push(`${blob.etag} closed`),
    })
  }
  return { store, derived, blobs, put, open, opened, files: () => listFiles(root) }
}

async function bytesOf(file: DerivedFile | undefined): Promise<Buffer> {
  const opened = await file?.open()
  const bytes = Buffer.alloc(file?.size ?? 0)
  await opened?.read(bytes, 0)
  opened?.close()
  return bytes
}

describe('what is made of a blob', () => {
  it('is a cabinet of it under its own name, or its bytes with gzip', async () => {
    const { derived, put, open } = await bench()
    const blob = put('one')
    const cabinet = await readCabinet(
      await bytesOf(await derived.make('cabinet', blob, open(blob))),
    )
    expect(cabinet.name).toBe('app.pdb')
    expect(cabinet.content.equals(content)).toBe(true)
    const packed = await bytesOf(await derived.make('gzip', blob, open(blob)))
    expect(gunzipSync(packed).equals(content)).toBe(true)
  })

  it('is made once for all who ask, and found from then on', async () => {
    const { derived, put, open, opened } = await bench()
    const blob = put('one')
    expect(await derived.find('gzip', blob)).toBeUndefined()
    const made = await Promise.all(
      Array.from({ length: 20 }, () => derived.make('gzip', blob, open(blob))),
    )
    expect(new Set(made.map((file) => file?.size)).size).toBe(1)
    expect(opened).toEqual(['one', 'one closed'])
    expect((await derived.find('gzip', blob))?.size).toBe(made[0]?.size)
  })

  it('is nothing when the blob has gone', async () => {
    const { derived, put, files } = await bench()
    expect(await derived.make('gzip', put('one'), () => Promise.resolve(undefined))).toBeUndefined()
    expect(files()).toEqual([])
  })

  it('is never found for other content', async () => {
    const { derived, put, open } = await bench()
    const old = put('one')
    await derived.make('gzip', old, open(old))
    expect(await derived.find('gzip', put('two'))).toBeUndefined()
    // A database that was lost gives the same ids to others.
    expect(await derived.find('gzip', { ...old, etag: 'two' })).toBeUndefined()
  })

  it('leaves nothing when it fails, and can be made later', async () => {
    const { derived, put, open, opened, files } = await bench()
    const short = put('one', content.byteLength + 1)
    await expect(derived.make('gzip', short, open(short))).rejects.toThrow('the file ended at')
    const large = put('two', 0x7fff8001)
    await expect(derived.make('cabinet', large, open(large))).rejects.toMatchObject({
      code: 'limit_exceeded',
    })
    expect(files()).toEqual([])
    expect(opened).toEqual(['one', 'one closed', 'two', 'two closed'])
    const good = put('three')
    expect(await derived.make('gzip', good, open(good))).toBeDefined()
  })

  it('is swept when its blob has gone, and only then', async () => {
    const { store, derived, put, open, blobs, files } = await bench()
    const blob = put('one')
    await derived.make('gzip', blob, open(blob))
    await derived.make('cabinet', blob, open(blob))
    await derived.sweep()
    expect(files()).toHaveLength(2)
    const next = put('two')
    await derived.make('gzip', next, open(next))
    await derived.sweep()
    expect(files()).toEqual([`gzip/${next.id}-two`])
    blobs.remove('cache', next.key)
    vi.spyOn(store, 'delete').mockRejectedValueOnce(new Error('the disk is broken'))
    await expect(derived.sweep()).rejects.toThrow('the disk is broken')
    await derived.sweep()
    expect(files()).toEqual([])
  })

  it('is given up when the server stops', async () => {
    const { derived, put, open, files } = await bench()
    const blob = put('one')
    const making = derived.make('cabinet', blob, open(blob)).catch((error: unknown) => error)
    await new Promise((resolve) => setImmediate(resolve))
    await derived.close()
    expect(await making).toEqual(new Error('the server stops'))
    expect(files()).toEqual([])
  })
})
