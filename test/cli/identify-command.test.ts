import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseIdentifyCommand, runIdentifyCommand } from '../../src/cli/identify-command.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 10 })
const pe = makePe({ timestamp: 0x5617d563, sizeOfImage: 0x8000 })
const PDB_KEY = `App.pdb/${GUID}a/App.pdb`

async function identifyFiles(files: Readonly<Record<string, Buffer>>): Promise<unknown> {
  const folder = tempDir()
  const paths = Object.entries(files).map(([name, data]) => {
    writeFileSync(join(folder, name), data)
    return join(folder, name)
  })
  const lines = await runIdentifyCommand(parseIdentifyCommand(['--json', ...paths]))
  const rows = JSON.parse(lines.join('\n')) as { path: string; keys: string[] }[]
  return rows.map(({ keys, ...row }) => ({
    ...row,
    path: row.path.slice(folder.length + 1),
    key: keys[0],
  }))
}

const accepted = (path: string, key: string): unknown =>
  expect.objectContaining({ path, status: 'accept', key })

const unknown = (path: string, status: string, reason: string): unknown => ({
  path,
  status,
  kind: 'unknown',
  reason: expect.stringContaining(reason),
})

describe('symgate identify', () => {
  it('looks into folders', async () => {
    const folder = tempDir()
    mkdirSync(join(folder, 'sub'))
    writeFileSync(join(folder, 'sub/App.pdb'), pdb)
    writeFileSync(join(folder, 'App.dll'), pe)
    const lines = await runIdentifyCommand(parseIdentifyCommand([folder]))
    expect(lines.map((line) => line.slice(folder.length + 1))).toEqual([
      'App.dll: pe App.dll/5617D5638000/App.dll',
      `sub/App.pdb: pdb ${PDB_KEY}`,
    ])
  })

  it('has a row for each member of an archive', async () => {
    const members = [
      { name: 'bin/App.pdb', data: pdb },
      { name: 'bin\\App.dll', data: pe },
      { name: 'readme.txt', data: 'hello' },
      { name: 'cut.pdb', data: pdb.subarray(0, 1000) },
    ]
    expect(await identifyFiles({ 'a.zip': makeZip(members) })).toEqual([
      accepted('a.zip!bin/App.pdb', PDB_KEY),
      accepted('a.zip!bin/App.dll', 'App.dll/5617D5638000/App.dll'),
      unknown('a.zip!readme.txt', 'skip', 'not a symbol file'),
      {
        path: 'a.zip!cut.pdb',
        status: 'reject',
        kind: 'pdb',
        reason: expect.stringContaining('cut'),
      },
    ])
  })

  it('tells a compressed file by what is in it, under its own path', async () => {
    expect(await identifyFiles({ 'App.pdb.gz': gzipSync(pdb) })).toEqual([
      accepted('App.pdb.gz', PDB_KEY),
    ])
  })

  it('goes on behind an archive that an upload would be refused for', async () => {
    const tar = makeTar([{ name: 'App.pdb', data: pdb }])
    const files = {
      'cut.tar': tar.subarray(0, 2000),
      'hostile.zip': makeZip([
        { name: 'App.pdb', data: pdb },
        { name: '../App.pdb', data: pdb },
      ]),
      'empty.zip': makeZip([]),
      'odd.lz4': Buffer.from('\x04\x22\x4d\x18', 'latin1'),
      'App.pdb': pdb,
    }
    expect(await identifyFiles(files)).toEqual([
      unknown('cut.tar', 'reject', 'the tar is cut'),
      unknown('hostile.zip', 'reject', 'climbs out'),
      unknown('empty.zip', 'skip', 'the archive holds no files'),
      unknown('odd.lz4', 'reject', 'is not read'),
      accepted('App.pdb', PDB_KEY),
    ])
  })
})
