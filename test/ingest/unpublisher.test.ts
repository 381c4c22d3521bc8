import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { ingestBench } from '../helpers/ingest-bench.ts'
import { madeIdentity, publishMade, type MadeFile } from '../helpers/package-maker.ts'
import { randomNumbers } from '../helpers/random-numbers.ts'

type Bench = Awaited<ReturnType<typeof ingestBench>>

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What is hosted: `identity key hash`, one each, sorted. */
function index(bench: Bench): readonly string[] {
  return bench.database
    .prepare<[], { text: string }>(
      `SELECT i.identity || ' ' || b.key || ' ' || b.etag AS text
       FROM identities i JOIN blobs b ON b.id = i.blob_id WHERE b.root = 'hosted' ORDER BY 1`,
    )
    .all()
    .map(({ text }) => text)
}

function blobKeys(bench: Bench): readonly string[] {
  return bench.database
    .prepare<[], { key: string }>("SELECT key FROM blobs WHERE root = 'hosted' ORDER BY key")
    .all()
    .map(({ key }) => key)
}

/** The index agrees with the disk, and is what a lost database would be made into. */
async function expectSound(bench: Bench): Promise<void> {
  expect(bench.files().toSorted()).toEqual(blobKeys(bench))
  for (const key of blobKeys(bench))
    expect(sha256(readFileSync(join(bench.root, key), 'utf8'))).toBe(
      bench.blobs.byKey('hosted', key)?.etag,
    )
  const again = await ingestBench(bench.root)
  await again.reindexer.run()
  expect(index(again)).toEqual(index(bench))
  expect(blobKeys(again)).toEqual(blobKeys(bench))
}

/** The content that answers for an id, or undefined. */
function served(bench: Bench, letter: string): string | undefined {
  const blob = bench.blobs.find([madeIdentity(letter)])
  return blob && readFileSync(join(bench.root, blob.key), 'utf8')
}

describe('deleting a package', () => {
  it('unpublishes what only it holds', async () => {
    const bench = await ingestBench()
    await publishMade(bench, 'p1', [
      { content: 'one', ids: 'a' },
      { content: 'two', ids: 'b' },
    ])
    await publishMade(bench, 'p2', [{ content: 'three', ids: 'c' }])
    expect(await bench.unpublisher.delete('p1')).toEqual({ files: 2, bytes: 6 })
    expect([served(bench, 'a'), served(bench, 'c')]).toEqual([undefined, 'three'])
    expect(bench.internal()).toEqual(['packages/p2.json'])
    expect([...bench.packages.ids()]).toEqual(['p2'])
    expect(bench.hostedNames.has('f.so')).toBe(true)
    await expectSound(bench)
  })

  it('leaves a blob to the package that brought it again, until that goes too', async () => {
    const bench = await ingestBench()
    await publishMade(bench, 'p1', [{ content: 'one', ids: 'ab' }])
    expect(await publishMade(bench, 'p2', [{ content: 'one', ids: 'ab' }])).toEqual(['duplicate'])
    const before = bench.blobs.find([madeIdentity('a')])
    expect(await bench.unpublisher.delete('p1')).toEqual({ files: 0, bytes: 0 })
    // The same row: what is cached under its id holds on.
    expect(bench.blobs.find([madeIdentity('a')])).toEqual(before)
    expect(served(bench, 'b')).toBe('one')
    await expectSound(bench)
    expect(await bench.unpublisher.delete('p2')).toEqual({ files: 1, bytes: 3 })
    expect([served(bench, 'a'), served(bench, 'b')]).toEqual([undefined, undefined])
    await expectSound(bench)
  })

  it('takes nothing when it holds a duplicate only', async () => {
    const bench = await ingestBench()
    await publishMade(bench, 'p1', [{ content: 'one', ids: 'a' }])
    await publishMade(bench, 'p2', [{ content: 'one', ids: 'a' }])
    expect(await bench.unpublisher.delete('p2')).toEqual({ files: 0, bytes: 0 })
    expect(served(bench, 'a')).toBe('one')
    await expectSound(bench)
  })

  it('moves identities to another copy of the same bytes', async () => {
    const bench = await ingestBench()
    await publishMade(bench, 'p1', [{ content: 'one', ids: 'a', name: 'f.so' }])
    await publishMade(bench, 'p2', [{ content: 'one', ids: 'ab', name: 'g.so' }])
    expect(bench.files()).toHaveLength(2)
    await bench.unpublisher.delete('p1')
    expect(bench.files()).toHaveLength(1)
    expect([served(bench, 'a'), served(bench, 'b')]).toEqual(['one', 'one'])
    await expectSound(bench)
  })

  it('does not bring back what was replaced', async () => {
    const bench = await ingestBench()
    await publishMade(bench, 'p1', [{ content: 'old', ids: 'a' }])
    await publishMade(bench, 'p2', [{ content: 'new', ids: 'a' }], 'replace')
    await expectSound(bench)
    expect(await bench.unpublisher.delete('p2')).toEqual({ files: 1, bytes: 3 })
    expect(served(bench, 'a')).toBeUndefined()
    await expectSound(bench)
    expect(await bench.unpublisher.delete('p1')).toEqual({ files: 0, bytes: 0 })
  })

  it('leaves a blob what it has kept when others took a part of its ids', async () => {
    const bench = await ingestBench()
    await publishMade(bench, 'p1', [{ content: 'old', ids: 'ab' }])
    await publishMade(bench, 'p2', [{ content: 'new', ids: 'b', name: 'g.so' }], 'replace')
    expect([served(bench, 'a'), served(bench, 'b')]).toEqual(['old', 'new'])
    await bench.unpublisher.delete('p2')
    expect([served(bench, 'a'), served(bench, 'b')]).toEqual(['old', undefined])
    await expectSound(bench)
  })

  it('leaves the blob that a replaced package no longer stands for', async () => {
    const bench = await ingestBench()
    await publishMade(bench, 'p1', [{ content: 'old', ids: 'a' }])
    await publishMade(bench, 'p2', [{ content: 'new', ids: 'a' }], 'replace')
    await bench.unpublisher.delete('p1')
    expect(served(bench, 'a')).toBe('new')
    await expectSound(bench)
  })

  it('refuses protected, unknown and not yet indexed packages', async () => {
    const bench = await ingestBench()
    await publishMade(bench, 'p1', [{ content: 'one', ids: 'a' }], 'keep', { protected: true })
    await expect(bench.unpublisher.delete('p1')).rejects.toMatchObject({
      code: 'package_protected',
    })
    await expect(bench.unpublisher.delete('p2')).rejects.toMatchObject({ code: 'not_found' })
    await bench.editor.edit('p1', { protected: false })
    bench.marks.set('reindex-unfinished')
    await expect(bench.unpublisher.delete('p1')).rejects.toMatchObject({ code: 'busy' })
    bench.marks.clear('reindex-unfinished')
    await bench.unpublisher.delete('p1')
    expect(bench.files()).toEqual([])
  })
})

describe('an interrupted deletion', () => {
  const packages: Readonly<Record<string, readonly MadeFile[]>> = {
    p1: [
      { content: 'one', ids: 'a' },
      { content: 'two', ids: 'b' },
      { content: 'six', ids: 'd' },
    ],
    p2: [{ content: 'two', ids: 'b' }],
    p3: [{ content: 'six', ids: 'de', name: 'g.so' }],
  }

  async function bench(): Promise<Bench> {
    const bench = await ingestBench()
    for (const [id, files] of Object.entries(packages)) await publishMade(bench, id, files)
    return bench
  }

  it.each([
    ['before its record is whole', (bench: Bench) => vi.spyOn(bench.journal, 'condemn'), false],
    ['before the index', (bench: Bench) => vi.spyOn(bench.blobs, 'removeAll'), true],
    ['before the history', (bench: Bench) => vi.spyOn(bench.packages, 'remove'), true],
    ['before the files', (bench: Bench) => vi.spyOn(bench.store, 'delete'), true],
    ['before the manifest', (bench: Bench) => vi.spyOn(bench.journal, 'remove'), true],
  ])('%s is finished by a start, or has not begun', async (_, spy, isBegun) => {
    const first = await bench()
    spy(first).mockRejectedValueOnce(new Error('killed'))
    await expect(first.unpublisher.delete('p1')).rejects.toThrow('killed')
    const again = await ingestBench(first.root)
    await again.recover()
    await again.reindexer.run()
    expect(served(again, 'a')).toBe(isBegun ? undefined : 'one')
    expect([served(again, 'b'), served(again, 'd'), served(again, 'e')]).toEqual([
      'two',
      'six',
      'six',
    ])
    expect(again.internal()).toHaveLength(isBegun ? 2 : 3)
    if (isBegun) await expectSound(again)
  })

  it('is finished before the next upload, which may bring the same file', async () => {
    const first = await bench()
    vi.spyOn(first.store, 'delete').mockRejectedValueOnce(new Error('broken'))
    await expect(first.unpublisher.delete('p1')).rejects.toThrow('broken')
    await first.unpublisher.finish()
    await publishMade(first, 'p4', [{ content: 'one', ids: 'a' }])
    await first.unpublisher.resume()
    expect(served(first, 'a')).toBe('one')
    await expectSound(first)
  })
})

describe('a deletion on a disk that can only be read', () => {
  const readOnly = Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })

  it('has not begun, and is not made up for later', async () => {
    const bench = await ingestBench()
    await publishMade(bench, 'p1', [{ content: 'one', ids: 'a' }])
    vi.spyOn(bench.journal, 'condemn').mockRejectedValueOnce(readOnly)
    await expect(bench.unpublisher.delete('p1')).rejects.toMatchObject({
      code: 'store_unusable',
      message: 'the disk can only be read',
    })
    await bench.unpublisher.finish()
    expect(served(bench, 'a')).toBe('one')
    await bench.unpublisher.delete('p1')
    expect(bench.files()).toEqual([])
  })

  it('that had begun says that it goes on by itself', async () => {
    const bench = await ingestBench()
    await publishMade(bench, 'p1', [{ content: 'one', ids: 'a' }])
    vi.spyOn(bench.store, 'delete').mockRejectedValueOnce(readOnly).mockRejectedValueOnce(readOnly)
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(bench.unpublisher.delete('p1')).rejects.toMatchObject({
        code: 'store_unusable',
        message: expect.stringMatching(/p1 has begun and goes on by itself .*: the disk can only/),
      })
    }
    await expect(bench.unpublisher.delete('p1')).rejects.toMatchObject({ code: 'not_found' })
    expect(bench.files()).toEqual([])
  })
})

describe('any sequence of uploads and deletions', () => {
  const CONTENTS: readonly MadeFile[] = [
    { content: 'one', ids: 'a' },
    { content: 'two', ids: 'ab' },
    { content: 'three', ids: 'bc' },
    { content: 'four', ids: 'a' },
    { content: 'five', ids: 'cd' },
    { content: 'six', ids: 'abcd' },
  ]

  it.each(Array.from({ length: 6 }, (_, seed) => seed))(
    'leaves what is held and nothing else (seed %d)',
    async (seed) => {
      const random = randomNumbers(seed)
      const bench = await ingestBench()
      const alive = new Set<string>()
      for (let step = 0; step < 25; step++) {
        if (alive.size > 0 && random(5) < 2) {
          const id = [...alive][random(alive.size)] ?? ''
          const before = index(bench)
          alive.delete(id)
          await bench.unpublisher.delete(id)
          await expectHeldKept(bench, before, alive)
        } else {
          const id = `p${String(step).padStart(3, '0')}`
          const files = Array.from({ length: 1 + random(3) }, () => ({
            ...(CONTENTS[random(CONTENTS.length)] ?? { content: '', ids: '' }),
            name: random(2) === 0 ? 'f.so' : 'g.so',
          }))
          await publishMade(bench, id, files, random(3) === 0 ? 'replace' : 'keep')
          alive.add(id)
        }
        await expectSound(bench)
      }
      expect([...bench.packages.ids()].sort()).toEqual([...alive].sort())
    },
  )

  /** What answered before with bytes that a remaining package holds too answers with them still. */
  async function expectHeldKept(
    bench: Bench,
    before: readonly string[],
    alive: ReadonlySet<string>,
  ): Promise<void> {
    const held = new Set<string>()
    for (const id of alive) {
      const manifest = await bench.journal.read(id)
      for (const { blob } of manifest?.files ?? []) if (blob) held.add(blob.sha256)
    }
    const told = new Map(before.map((line) => [line.split(' ')[0], line.split(' ')[2] ?? '']))
    for (const [identity = '', hash] of told) {
      if (held.has(hash))
        expect([identity, bench.blobs.find([identity])?.etag]).toEqual([identity, hash])
    }
    for (const key of blobKeys(bench)) {
      expect(held).toContain(bench.blobs.byKey('hosted', key)?.etag)
    }
  }
})

it('a package can be changed afterwards, for good', async () => {
  const bench = await ingestBench()
  await publishMade(bench, 'p1', [{ content: 'one', ids: 'a' }], 'keep', { comment: 'first' })
  await bench.editor.edit('p1', { tag: 'release', protected: true })
  expect(await bench.journal.read('p1')).toMatchObject({
    tag: 'release',
    comment: 'first',
    protected: true,
  })
  await bench.editor.edit('p1', { comment: null })
  expect((await bench.journal.read('p1'))?.comment).toBeUndefined()
  expect(bench.database.prepare('SELECT tag, comment, protected FROM packages').get()).toEqual({
    tag: 'release',
    comment: null,
    protected: 1,
  })
  await expect(bench.editor.edit('p2', {})).rejects.toMatchObject({ code: 'not_found' })
})
