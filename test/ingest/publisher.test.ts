import { writeFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import type { PackageManifest } from '../../src/storage/package-manifest.ts'
import { ingestBench } from '../helpers/ingest-bench.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const age = (number: number): Buffer => makePdb({ guid: GUID, age: number })
const keyOf = (number: number): string => `app.pdb/${GUID}${number}/app.pdb`
const idOf = (number: number): string => `pdb:${GUID}:${number}`
const three = { '1/app.pdb': age(1), '2/app.pdb': age(2), '3/app.pdb': age(3) }

type Bench = Awaited<ReturnType<typeof ingestBench>>

/** The state that a kill leaves behind: a manifest, and its files staged but for those moved already. */
async function killed(
  bench: Bench,
  { staged, moved, manifest = true }: { staged: number[]; moved: number[]; manifest?: boolean },
): Promise<void> {
  const folder = await bench.store.stage('p1')
  for (const number of [...staged, ...moved])
    writeFileSync(folder.path(String(number)), age(number))
  const entry: PackageManifest = {
    format: 1,
    id: 'p1',
    tag: 'anon',
    protected: false,
    verdict: 'good',
    receivedAtMs: 1_700_000_000_000,
    files: [...staged, ...moved].map((number) => ({
      path: 'app.pdb',
      status: 'stored',
      keys: [keyOf(number)],
      blob: {
        kind: 'pdb',
        size: age(number).byteLength,
        sha256: `hash ${number}`,
        storeKey: keyOf(number),
        identities: [{ kind: 'pdb', guid: GUID, age: number }],
        staged: String(number),
      },
    })),
  }
  if (manifest) await bench.journal.write(entry)
  await bench.store.publish(
    moved.map((number) => ({ staged: folder.path(String(number)), key: keyOf(number) })),
  )
}

describe('a publication that fails', () => {
  it.each([
    ['while its files are flushed', (bench: Bench) => vi.spyOn(bench.store, 'secure')],
    ['while its manifest is written', (bench: Bench) => vi.spyOn(bench.journal, 'write')],
    ['while its files are moved', (bench: Bench) => vi.spyOn(bench.store, 'publish')],
    ['while it is indexed', (bench: Bench) => vi.spyOn(bench.packages, 'add')],
  ])('%s leaves nothing behind and stands in nobody’s way', async (_, spy) => {
    const bench = await ingestBench()
    await bench.upload({ 'app.pdb': age(9) })
    const before = [bench.files(), bench.internal()]
    spy(bench).mockRejectedValueOnce(new Error('the disk is broken'))
    await expect(bench.upload(three)).rejects.toThrow('the disk is broken')
    expect([bench.files(), bench.internal()]).toEqual(before)
    expect(bench.blobs.find([idOf(1), idOf(2), idOf(3)])).toBeUndefined()
    expect(bench.packages.ids().size).toBe(1)

    expect((await bench.upload(three)).manifest.files.map(({ status }) => status)).toEqual([
      'stored',
      'stored',
      'stored',
    ])
  })

  it('when a part of its files is moved takes them back, and nothing of other packages', async () => {
    const bench = await ingestBench()
    await bench.upload({ 'app.pdb': age(1) })
    const original = bench.store.publish.bind(bench.store)
    vi.spyOn(bench.store, 'publish').mockImplementationOnce(async (files) => {
      await original(files.slice(0, 1))
      throw new Error('the disk is broken')
    })
    await expect(bench.upload(three)).rejects.toThrow('the disk is broken')
    expect(bench.files()).toEqual([keyOf(1)])
    expect(bench.blobs.find([idOf(1)])).toBeDefined()
    expect(bench.internal()).toHaveLength(1)
  })

  it.each([
    ['', false],
    [' and the journal', true],
  ])(
    'when neither the database%s takes anything leaves nothing public, and is forgotten when they do',
    async (_, isJournalFull) => {
      const bench = await ingestBench()
      await bench.upload({ 'app.pdb': age(9) })
      const before = [bench.files(), bench.internal()]
      for (const [name, what] of Object.entries({
        row: 'DELETE ON blobs',
        end: 'INSERT ON packages',
      }))
        bench.database.exec(
          `CREATE TRIGGER full_${name} BEFORE ${what} BEGIN SELECT RAISE(ABORT, 'full'); END`,
        )
      if (isJournalFull)
        vi.spyOn(bench.journal, 'condemn').mockRejectedValueOnce(new Error('no room'))
      await expect(bench.upload(three)).rejects.toThrow('full')
      expect(bench.files()).toEqual(before[0])
      const again = await ingestBench(bench.root)
      await again.recover()
      expect(again.packages.ids().size).toBe(1)
      expect([again.files(), again.internal()]).toEqual(before)

      for (const name of ['row', 'end']) bench.database.exec(`DROP TRIGGER full_${name}`)
      await bench.upload({ 'app.pdb': age(8) })
      expect(bench.blobs.find([idOf(1), idOf(2), idOf(3)])).toBeUndefined()
      await bench.upload(three)
      expect(bench.files()).toHaveLength(5)
    },
  )

  it.each(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])('for want of room (%s) says so', async (code) => {
    const bench = await ingestBench()
    const full = Object.assign(new Error('no room'), { code })
    vi.spyOn(bench.journal, 'write').mockRejectedValueOnce(full)
    await expect(bench.upload(three)).rejects.toMatchObject({ code: 'disk_full' })
  })

  it('keeps its package when only what it supersedes cannot be removed', async () => {
    const bench = await ingestBench()
    await bench.upload({ 'app.pdb': age(1) })
    vi.spyOn(bench.store, 'delete').mockRejectedValueOnce(new Error('the disk is broken'))
    const renamed = makePdb({ guid: GUID, age: 1, payload: Buffer.from('other') })
    const { manifest } = await bench.upload({ 'new.pdb': renamed }, { onConflict: 'replace' })
    expect(manifest.verdict).toBe('good')
    expect(bench.blobs.find([idOf(1)])?.key).toBe(`new.pdb/${GUID}1/new.pdb`)
  })
})

describe('a start after a kill', () => {
  it.each([
    ['before anything was moved', [1, 2, 3], []],
    ['in the middle', [2, 3], [1]],
    ['before the index', [], [1, 2, 3]],
  ])('%s finishes the package', async (_, staged, moved) => {
    const first = await ingestBench()
    await killed(first, { staged, moved })
    const again = await ingestBench(first.root)
    const path = symbolPathOf(keyOf(2))
    again.misses.remember('upstream', path)
    await again.recover()
    expect(again.files()).toEqual([1, 2, 3].map(keyOf))
    for (const number of [1, 2, 3])
      expect(again.blobs.find([idOf(number)])).toMatchObject({
        key: keyOf(number),
        etag: `hash ${number}`,
      })
    expect(again.internal()).toEqual(['packages/p1.json'])
    expect(again.packages.ids()).toEqual(new Set(['p1']))
    expect(again.hostedNames.has('App.pdb')).toBe(true)
    expect(again.misses.isRemembered({ name: 'upstream', missRetryAfterMs: 1e12 }, path)).toBe(
      false,
    )
  })

  it('before the manifest leaves nothing', async () => {
    const first = await ingestBench()
    await killed(first, { staged: [1, 2], moved: [], manifest: false })
    const again = await ingestBench(first.root)
    await again.recover()
    expect([again.files(), again.internal(), again.packages.ids().size]).toEqual([[], [], 0])
  })

  it('may be killed and be repeated any number of times', async () => {
    const first = await ingestBench()
    await killed(first, { staged: [1, 2], moved: [3] })
    const second = await ingestBench(first.root)
    vi.spyOn(second.store, 'resume').mockRejectedValueOnce(new Error('killed'))
    await expect(second.recover()).rejects.toThrow('killed')
    const third = await ingestBench(first.root)
    await third.recover()
    await third.recover()
    expect(third.files()).toEqual([1, 2, 3].map(keyOf))
  })

  it('indexes the packages that the database has lost, the newer over the older', async () => {
    const first = await ingestBench()
    await first.upload({ 'app.pdb': age(1) })
    const renamed = makePdb({ guid: GUID, age: 1, payload: Buffer.from('other') })
    await new Promise((resolve) => setTimeout(resolve, 2))
    await first.upload({ 'app.pdb': renamed, 'b/app.pdb': age(2) }, { onConflict: 'replace' })
    const again = await ingestBench(first.root)
    await again.recover()
    expect(again.packages.ids().size).toBe(2)
    expect(again.blobs.find([idOf(1)])?.size).toBe(renamed.byteLength)
    expect(again.blobs.find([idOf(2)])).toBeDefined()
  })

  it.each(['{"cut', '', '{}', 'null'])(
    'is not stopped by a damaged manifest (%j), whose staged files stay for a repair',
    async (text) => {
      const first = await ingestBench()
      await first.upload({ 'app.pdb': age(5) })
      await killed(first, { staged: [1], moved: [] })
      writeFileSync(`${first.root}/.symgate/packages/p1.json`, text)
      const again = await ingestBench(first.root)
      await again.recover()
      expect(again.blobs.find([idOf(5)])).toBeDefined()
      expect(again.internal()).toContain('staging/p1/1')
    },
  )
})
