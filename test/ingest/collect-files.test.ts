import { readdirSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ArchiveLimits } from '../../src/archives/archive-limits.ts'
import { CabinetThreads } from '../../src/cabinet/cabinet-threads.ts'
import { collectFiles } from '../../src/ingest/collect-files.ts'
import { LocalStore } from '../../src/storage/local-store.ts'
import { generousLimits } from '../helpers/generous-limits.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { noTools } from '../helpers/no-tools.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 1 })
const cut = pdb.subarray(0, 3000)

interface Part {
  readonly bytes: Buffer
  readonly fileName?: string
}

async function collect(parts: readonly (Part | Buffer)[], limits: Partial<ArchiveLimits> = {}) {
  const store = await LocalStore.open(tempDir())
  const folder = await store.stage('p')
  const uploaded = parts.map((part) => {
    const { bytes, fileName } = Buffer.isBuffer(part) ? { bytes: part } : part
    return { body: Readable.from([bytes]), fileName }
  })
  const collecting = collectFiles(Readable.from(uploaded) as AsyncIterable<(typeof uploaded)[0]>, {
    folder,
    limits: { ...generousLimits, ...limits },
    cabinets: new CabinetThreads(),
    tools: noTools,
  })
  const rows = await collecting
  return {
    rows,
    told: rows.map((row) => [row.path, row.kind]),
    staged: readdirSync(folder.path('.')).sort(),
    contentOf: (file: string) => readFileSync(folder.path(file)),
  }
}

const zip = (data: Buffer = pdb, name = 'dir/app.pdb'): Buffer => makeZip([{ name, data }])

describe('collectFiles', () => {
  it.each([
    ['a zip', zip()],
    ['a tar', makeTar([{ name: 'dir/app.pdb', data: pdb }])],
    ['a tar.gz', gzipSync(makeTar([{ name: 'dir/app.pdb', data: pdb }]))],
    ['a zip in gzip', gzipSync(zip())],
    ['a tar.gz in gzip', gzipSync(gzipSync(makeTar([{ name: 'dir/app.pdb', data: pdb }])))],
  ])('takes the files out of %s', async (_, bytes) => {
    const { told, staged, contentOf, rows } = await collect([bytes])
    expect(told).toEqual([['dir/app.pdb', 'accepted']])
    expect(staged).toEqual(['0'])
    expect(contentOf('0').equals(pdb)).toBe(true)
    expect(rows[0]).toMatchObject({ size: pdb.byteLength, staged: '0' })
  })

  it.each([
    ['plain', pdb, 'app.pdb'],
    ['in gzip', gzipSync(pdb), 'app.pdb'],
    ['in gzip under a name that says so', gzipSync(pdb), 'app.pdb.GZ'],
    ['in a folder of another system', pdb, 'C:\\build\\app.pdb'],
  ])('takes one file %s', async (_, bytes, fileName) => {
    const { rows } = await collect([{ bytes, fileName }])
    expect(rows).toMatchObject([
      { kind: 'accepted', identification: { keys: [`app.pdb/${GUID}1/app.pdb`] } },
    ])
  })

  it('keeps only what can be published in the staging folder', async () => {
    const archive = makeZip([
      { name: 'readme.txt', data: 'hello' },
      { name: 'cut.pdb', data: cut },
      { name: 'app.pdb', data: pdb },
      { name: 'link', data: 'app.pdb', mode: 0o120777 },
      { name: 'empty.pdb', data: '' },
    ])
    const { told, staged } = await collect([archive, archive])
    const rows = [
      ['readme.txt', 'skipped'],
      ['cut.pdb', 'rejected'],
      ['app.pdb', 'accepted'],
      ['link', 'skipped'],
    ]
    expect(told.filter(([path]) => path !== 'empty.pdb')).toEqual([...rows, ...rows])
    expect(staged).toHaveLength(2)
  })

  it('reads several parts of any kind one after the other', async () => {
    const { told, staged } = await collect([
      { bytes: pdb, fileName: 'one.pdb' },
      zip(),
      gzipSync(makeTar([{ name: 'two.pdb', data: pdb }])),
    ])
    expect(told).toEqual([
      ['one.pdb', 'accepted'],
      ['dir/app.pdb', 'accepted'],
      ['two.pdb', 'accepted'],
    ])
    expect(staged).toHaveLength(3)
  })

  it.each([
    ['an empty body', Buffer.alloc(0), 'nothing_to_store'],
    ['an empty body in gzip', gzipSync(''), 'nothing_to_store'],
    ['a file without the name it needs', pdb, 'name_required'],
    ['another format', Buffer.from('7z\xbc\xaf\x27\x1c\0\x04rest', 'latin1'), 'unsupported_format'],
    ['gzip in gzip in gzip', gzipSync(gzipSync(gzipSync(pdb))), 'unsupported_format'],
    ['a cut gzip', gzipSync(pdb).subarray(0, 200), 'archive_damaged'],
    ['a cut zip', zip().subarray(0, 200), 'archive_damaged'],
    ['a cut tar', makeTar([{ name: 'app.pdb', data: pdb }]).subarray(0, 2000), 'archive_damaged'],
    ['a path that leaves the archive', zip(pdb, '../app.pdb'), 'archive_hostile'],
  ])('refuses %s', async (_, bytes, code) => {
    await expect(collect([bytes])).rejects.toMatchObject({ code })
  })

  it('finds the damage of members that are no symbols too', async () => {
    const text = Buffer.from('just text, '.repeat(2000))
    const damaged = makeZip([{ name: 'a.txt', data: text, central: { crc: 1 } }])
    await expect(collect([damaged])).rejects.toMatchObject({ code: 'archive_damaged' })
  })

  it.each([
    ['entries', { maxEntries: 3 }],
    ['bytes', { maxExpandedBytes: 3 * pdb.byteLength }],
  ])('holds an upload of many archives to its limit of %s', async (_, limits) => {
    await expect(collect([zip(), zip(), zip(), zip()], limits)).rejects.toMatchObject({
      code: 'limit_exceeded',
    })
    expect((await collect([zip(), zip(), zip()], limits)).rows).toHaveLength(3)
  })

  it('holds a single file to the limit of a file, in gzip too', async () => {
    for (const bytes of [pdb, gzipSync(pdb)]) {
      const part = { bytes, fileName: 'app.pdb' }
      const limits = { maxEntryBytes: pdb.byteLength - 1 }
      await expect(collect([part], limits)).rejects.toMatchObject({ code: 'limit_exceeded' })
    }
  })
})
