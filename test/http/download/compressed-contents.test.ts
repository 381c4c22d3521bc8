import type { IncomingMessage } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import { BlobTable } from '../../../src/db/blob-table.ts'
import { CompressedContents } from '../../../src/http/download/compressed-contents.ts'
import type { Content } from '../../../src/http/download/content.ts'
import { DerivedFiles } from '../../../src/lookup/derived-files.ts'
import type { FoundBlob } from '../../../src/lookup/lookup.ts'
import { LocalStore } from '../../../src/storage/local-store.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { tempDir } from '../../helpers/temp-dir.ts'
import { testDatabase } from '../../helpers/test-database.ts'

const request = (headers: object): IncomingMessage => ({ headers }) as IncomingMessage
const takesGzip = request({ 'accept-encoding': 'gzip' })

/** A blob of zeros of any size, and its content. */
async function bench(size: number, kind = 'breakpad') {
  const blobs = new BlobTable(testDatabase())
  const record = { root: 'cache', key: 'a/1/a', kind, etag: 'e', source: undefined } as const
  blobs.put({ blob: { ...record, size, modifiedAtMs: 0 }, identities: [] })
  const answer: FoundBlob = { kind: 'blob', blob: blobs.byKey('cache', 'a/1/a')!, revision: 0 }
  const plain: Content = {
    etag: 'e',
    modifiedAtMs: 0,
    size,
    finalSize: () => Promise.resolve(size),
    open: () =>
      Promise.resolve({
        read: (target, position) => {
          const count = Math.min(target.byteLength, size - position)
          target.fill(0, 0, count)
          return Promise.resolve(count)
        },
        close: () => {},
      }),
  }
  const derived = new DerivedFiles({ store: await LocalStore.open(tempDir()), blobs })
  const contents = (httpCompression: 'none' | 'text' | 'all') =>
    new CompressedContents({ derived, httpCompression, log: createLogger('silent') })
  return { answer, plain, derived, contents }
}

describe('a large Breakpad file', () => {
  it('comes plain at first, while its twin is made, and with gzip from then on', async () => {
    const { answer, plain, derived, contents } = await bench(65 << 20)
    const text = contents('text')
    expect(await text.negotiate(answer, plain, 'breakpad', takesGzip)).toBe(plain)
    await vi.waitFor(
      async () => expect(await derived.find('gzip', answer.blob)).toBeDefined(),
      20_000,
    )
    const twin = await text.negotiate(answer, plain, 'breakpad', takesGzip)
    expect(twin).toMatchObject({ etag: 'e-gzip', encoding: 'gzip', size: expect.any(Number) })
  })
})

describe('a file', () => {
  it('beyond what a cabinet holds has none', async () => {
    const { answer, plain, contents } = await bench(0x7fff8001, 'pdb')
    expect(await contents('none').cabinet(answer, plain)).toBe('absent')
  })

  it('that cannot be read makes no cabinet and no twin, but can be asked for', async () => {
    const { answer, plain, contents } = await bench(1000)
    const broken = { ...plain, open: () => Promise.reject(new Error('input/output error')) }
    expect(await contents('none').cabinet(answer, broken)).toBe('trouble')
    expect(await contents('text').negotiate(answer, broken, 'breakpad', takesGzip)).toBe(broken)
  })

  it('that has gone is told as such', async () => {
    const { answer, plain, contents } = await bench(1000)
    const gone = { ...plain, open: () => Promise.resolve(undefined) }
    expect(await contents('none').cabinet(answer, gone)).toBeUndefined()
    expect(await contents('text').negotiate(answer, gone, 'breakpad', takesGzip)).toBeUndefined()
  })

  it('comes plain where too many are compressed at once', async () => {
    const { answer, plain, contents } = await bench(1 << 20, 'pdb')
    const all = contents('all')
    const opened = await Promise.all(
      Array.from({ length: 64 }, async () =>
        (await all.negotiate(answer, plain, 'pdb', takesGzip))?.open(),
      ),
    )
    expect(await all.negotiate(answer, plain, 'pdb', takesGzip)).toBe(plain)
    for (const open of opened) open?.close()
    await vi.waitFor(async () =>
      expect(await all.negotiate(answer, plain, 'pdb', takesGzip)).toMatchObject({
        encoding: 'gzip',
      }),
    )
  })
})

describe('an answer varies', () => {
  it.each([
    ['none', []],
    ['text', ['breakpad', 'breakpad-code']],
    ['all', ['breakpad', 'breakpad-code', 'pdb', 'path']],
  ] as const)('with %s for %j', async (setting, kinds) => {
    const { contents } = await bench(1)
    const varying = ['breakpad', 'breakpad-code', 'pdb', 'path'].filter((kind) =>
      contents(setting).varies(kind),
    )
    expect(varying).toEqual(kinds)
  })
})
