import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CollectedFile } from '../../src/ingest/collected-file.ts'
import { planPackage } from '../../src/ingest/plan-package.ts'
import type { Identity } from '../../src/symbols/identity.ts'
import { ingestBench } from '../helpers/ingest-bench.ts'
import { makeElf } from '../helpers/make-elf.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePortablePdb } from '../helpers/make-portable-pdb.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const KEY = `app.pdb/${GUID}1/app.pdb`
const pdb = makePdb({ guid: GUID, age: 1 })
/** Other bytes with the same id. */
const rebuilt = makePdb({ guid: GUID, age: 1, payload: Buffer.from('rebuilt') })
const third = makePdb({ guid: GUID, age: 1, payload: Buffer.from('third') })

type Bench = Awaited<ReturnType<typeof ingestBench>>

/** A file as it was collected, with identities that are ELF build-ids `a`, `b` …. */
function file(content: string, ids: readonly string[], path = 'f.so'): CollectedFile {
  const identities = ids.map((id): Identity => ({ kind: 'elf', buildId: id.repeat(8) }))
  const keys = ids.map((id) => `${path}/elf-buildid-${id.repeat(8)}/${path}`)
  return {
    kind: 'accepted',
    path,
    identification: { status: 'accept', kind: 'elf', identities, keys },
    staged: content,
    size: content.length,
    sha256: content,
  }
}

async function plan(bench: Bench, rule: 'keep' | 'replace', ...files: readonly CollectedFile[]) {
  const { files: rows, replacedKeys } = await planPackage(files, {
    blobs: bench.blobs,
    holdings: bench.holdings,
    store: bench.store,
    ruleFor: () => rule,
  })
  return {
    rows,
    replaced: [...replacedKeys],
    told: rows.map(({ status, blob }) => [
      status,
      blob?.storeKey.split('/')[1]?.at(-1),
      blob?.identities
        .map((identity) => ('buildId' in identity ? identity.buildId[0] : ''))
        .join(''),
    ]),
  }
}

/** What the files of an upload became. */
async function upload(
  bench: Bench,
  files: Record<string, Buffer>,
  onConflict?: 'keep' | 'replace',
) {
  const { manifest } = await bench.upload(files, { onConflict })
  return manifest.files.map(({ status }) => status)
}

/** The one row of what a token brings that is limited to `editor*`. */
async function uploadLimited(
  bench: Bench,
  files: Record<string, Buffer>,
  onConflict: 'keep' | 'replace',
) {
  const uploader = { id: 'limited', tags: [], names: ['editor*'] }
  const { manifest, refusal } = await bench.upload(files, { onConflict }, uploader)
  return { ...manifest.files[0], refusal }
}

async function contentOf(bench: Bench, key: string): Promise<Buffer> {
  const blob = await bench.store.open(key)
  const bytes = Buffer.alloc(1 << 20)
  const count = (await blob?.read(bytes, 0)) ?? 0
  blob?.close()
  return bytes.subarray(0, count)
}

describe('a package', () => {
  it('stores what is new, under the first key', async () => {
    const { told } = await plan(await ingestBench(), 'keep', file('one', ['a', 'b']))
    expect(told).toEqual([['stored', 'a', 'ab']])
  })

  it('keeps rejected and skipped files as rows', async () => {
    const { rows } = await plan(
      await ingestBench(),
      'keep',
      { kind: 'rejected', path: 'bad.pdb', reason: 'damaged' },
      { kind: 'skipped', path: 'link', reason: 'symbolic link' },
    )
    expect(rows).toEqual([
      { path: 'bad.pdb', status: 'rejected', reason: 'damaged', keys: [] },
      { path: 'link', status: 'skipped', reason: 'symbolic link', keys: [] },
    ])
  })

  it('with the same file twice stores it once', async () => {
    const same = [file('one', ['a', 'b']), file('one', ['a', 'b'])]
    const { told } = await plan(await ingestBench(), 'keep', ...same)
    expect(told).toEqual([
      ['stored', 'a', 'ab'],
      ['duplicate', 'a', ''],
    ])
  })

  it.each(['keep', 'replace'] as const)(
    'with two files of one id keeps its first, whatever the rule (%s)',
    async (rule) => {
      const two = [file('one', ['a']), file('two', ['a'])]
      const { told, replaced } = await plan(await ingestBench(), rule, ...two)
      expect(told.map(([status]) => status)).toEqual(['stored', 'conflict'])
      expect(replaced).toEqual([])
    },
  )

  it('with files that share a part of their ids gives each id one owner and each file its own key', async () => {
    const { told, rows } = await plan(
      await ingestBench(),
      'keep',
      file('one', ['a', 'b']),
      file('two', ['b', 'c']),
      file('three', ['c', 'a']),
    )
    expect(told).toEqual([
      ['stored', 'a', 'ab'],
      ['stored', 'b', 'c'],
      ['conflict', 'b', ''],
    ])
    expect(rows[1]?.reason).toContain('(sha256 one), which keep it')
  })
})

describe('a file that is hosted already', () => {
  it('is a duplicate with the same bytes, and a conflict with others', async () => {
    const bench = await ingestBench()
    expect(await upload(bench, { 'app.pdb': pdb })).toEqual(['stored'])
    expect(await upload(bench, { 'renamed.pdb': pdb })).toEqual(['duplicate'])
    expect(await upload(bench, { 'app.pdb': rebuilt })).toEqual(['conflict'])
    expect((await contentOf(bench, KEY)).equals(pdb)).toBe(true)
    expect(bench.files()).toEqual([KEY])
  })

  it('is replaced on demand, in the tree and in the index', async () => {
    const bench = await ingestBench()
    await upload(bench, { 'app.pdb': pdb })
    const before = bench.blobs.find([`pdb:${GUID}:1`])
    expect(await upload(bench, { 'app.pdb': rebuilt }, 'replace')).toEqual(['stored'])
    const after = bench.blobs.find([`pdb:${GUID}:1`])
    expect(after).toMatchObject({ key: KEY, size: rebuilt.byteLength })
    expect(before && bench.blobs.isCurrent(before)).toBe(false)
    expect((await contentOf(bench, KEY)).equals(rebuilt)).toBe(true)
  })

  it('is replaced under its new name too, and its old file goes', async () => {
    const bench = await ingestBench()
    await upload(bench, { 'app.pdb': pdb })
    await upload(bench, { 'renamed.pdb': rebuilt }, 'replace')
    expect(bench.files()).toEqual([`renamed.pdb/${GUID}1/renamed.pdb`])
    expect(bench.blobs.find([`pdb:${GUID}:1`])?.key).toBe(`renamed.pdb/${GUID}1/renamed.pdb`)
  })

  it('and comes twice in a replacing package is served as the index says', async () => {
    const bench = await ingestBench()
    for (let round = 0; round < 5; round++) {
      const statuses = await upload(bench, { 'x/app.pdb': rebuilt, 'y/app.pdb': third }, 'replace')
      expect(statuses).toHaveLength(2)
      const size = bench.blobs.find([`pdb:${GUID}:1`])?.size
      expect((await contentOf(bench, KEY)).byteLength).toBe(size)
    }
  })
})

describe('a file that somebody removed from the tree by hand', () => {
  it('is stored again, with the same bytes or with others', async () => {
    for (const bytes of [pdb, rebuilt]) {
      const bench = await ingestBench()
      await upload(bench, { 'app.pdb': pdb })
      rmSync(join(bench.root, 'app.pdb'), { recursive: true })
      expect(await upload(bench, { 'app.pdb': bytes })).toEqual(['stored'])
      expect((await contentOf(bench, KEY)).equals(bytes)).toBe(true)
      expect(bench.blobs.find([`pdb:${GUID}:1`])).toMatchObject({
        key: KEY,
        size: bytes.byteLength,
      })
    }
  })

  it('leaves its ids to the file that shared them, which keeps those it had', async () => {
    const bench = await ingestBench()
    const put = (content: string, id: string, ids: readonly string[]): void =>
      bench.blobs.put({
        blob: {
          root: 'hosted',
          key: `f.so/elf-buildid-${id.repeat(8)}/f.so`,
          kind: 'elf',
          size: content.length,
          etag: content,
          source: undefined,
          modifiedAtMs: 0,
        },
        identities: ids.map((own) => `elf:${own.repeat(8)}`),
      })
    put('gone', 'b', ['b'])
    const folder = await bench.store.stage('p')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(folder.path('0'), 'one')
    const key = `f.so/elf-buildid-${'a'.repeat(8)}/f.so`
    await bench.store.publish([{ staged: folder.path('0'), key }])
    put('one', 'a', ['a'])

    const { told } = await plan(bench, 'keep', file('one', ['a', 'b']))
    expect(told).toEqual([['stored', 'a', 'ab']])
  })
})

describe('a token that is limited to names', () => {
  const limit = `other bytes of this id are hosted as "app.pdb"`

  it('does not replace what is hosted under another one, and is told which', async () => {
    const bench = await ingestBench()
    await upload(bench, { 'app.pdb': pdb })
    expect(await uploadLimited(bench, { 'editor.pdb': rebuilt }, 'replace')).toMatchObject({
      status: 'rejected',
      reason: expect.stringMatching(
        new RegExp(`^${limit} .*, and the token may publish files named editor\\* only$`),
      ),
      refusal: { code: 'nothing_to_store' },
    })
    expect(await uploadLimited(bench, { 'editor.pdb': rebuilt }, 'keep')).toMatchObject({
      status: 'conflict',
      reason: expect.stringContaining(`hosted under this id already, as ${KEY} (sha256 `),
    })
    expect(bench.files()).toEqual([KEY])
    expect((await contentOf(bench, KEY)).equals(pdb)).toBe(true)
  })

  it('replaces its own, until a package has the same bytes by another name', async () => {
    const bench = await ingestBench()
    await uploadLimited(bench, { 'editor.pdb': pdb }, 'keep')
    expect(await uploadLimited(bench, { 'editor.pdb': rebuilt }, 'replace')).toMatchObject({
      status: 'stored',
    })
    expect(await upload(bench, { 'app.pdb': rebuilt })).toEqual(['duplicate'])
    expect(await uploadLimited(bench, { 'editor.pdb': third }, 'replace')).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining(limit),
    })
  })

  it('that came first is replaced by one without a limit', async () => {
    const bench = await ingestBench()
    await uploadLimited(bench, { 'editor.pdb': rebuilt }, 'keep')
    expect(await upload(bench, { 'app.pdb': pdb })).toEqual(['conflict'])
    expect(await upload(bench, { 'app.pdb': pdb }, 'replace')).toEqual(['stored'])
    expect(bench.files()).toEqual([KEY])
  })

  it('cannot answer for a portable PDB with one that has its GUID and an age', async () => {
    const bench = await ingestBench()
    const id = Buffer.concat([
      Buffer.from('f6727b490a39fc44878e5a2d63b6cc4b', 'hex'),
      Buffer.alloc(4),
    ])
    await upload(bench, { 'app.pdb': makePortablePdb({ id }) })
    expect(bench.blobs.find([`portable-pdb:${GUID}`])).toBeDefined()
    for (const rule of ['keep', 'replace'] as const) {
      expect(await uploadLimited(bench, { 'editor.pdb': pdb }, rule)).toMatchObject({
        status: 'rejected',
        reason: expect.stringContaining(limit),
      })
    }
    expect(await upload(bench, { 'editor.pdb': pdb })).toEqual(['stored'])
  })

  it('goes by the name that came with a file which is asked for by its id alone', async () => {
    const debug = (payload: string): Buffer =>
      Buffer.concat([makeElf({ buildId: 'ab'.repeat(20), debug: true }), Buffer.from(payload)])
    const bench = await ingestBench()
    await uploadLimited(bench, { 'editor.debug': debug('one') }, 'keep')
    expect(await uploadLimited(bench, { 'editor.debug': debug('two') }, 'replace')).toMatchObject({
      status: 'stored',
    })
    expect(await upload(bench, { 'app.debug': debug('three') }, 'replace')).toEqual(['stored'])
    expect(await uploadLimited(bench, { 'editor.debug': debug('four') }, 'replace')).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining('hosted as "app.debug"'),
    })
  })
})
