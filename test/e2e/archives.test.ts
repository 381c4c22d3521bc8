import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { createToken, startServer, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { openTools } from '../helpers/tools.ts'

const tools = await openTools()
const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 1, size: 300_000, fill: true })
const tar = makeTar([{ name: 'bin/App.pdb', data: pdb }])

async function upload(
  server: RunningServer,
  body: Buffer,
): Promise<{ status: number; text: string }> {
  const token = await createToken(server, 'upload')
  const file = join(tempDir(), 'upload')
  writeFileSync(file, body)
  const answer = await curl('--data-binary', `@${file}`, `${server.url}/${token}/symbols?tag=1`)
  return { status: answer.status, text: answer.body.toString() }
}

async function expectServed(server: RunningServer): Promise<void> {
  const { status, body } = await curl(`${server.url}/App.pdb/${GUID}1/App.pdb`)
  expect([status, body.equals(pdb)]).toEqual([200, true])
}

async function ready(server: RunningServer): Promise<unknown> {
  return JSON.parse((await curl(`${server.url}/readyz`)).body.toString())
}

function stagedFiles(server: RunningServer): readonly string[] {
  return listFiles(join(server.data, 'symbols/.symgate/staging'))
}

describe('an archive of the other formats', () => {
  const formats: readonly (readonly [string, boolean, () => Buffer])[] = [
    ['tar.zst', true, () => zstdCompressSync(tar)],
    ['tar.xz', tools.xz.available, () => execFileSync('xz', ['-c'], { input: tar })],
    ['tar.bz2', tools.bzip2.available, () => execFileSync('bzip2', ['-c'], { input: tar })],
    ['7z', tools.bsdtar.available, () => convert('7zip')],
    ['cpio', tools.bsdtar.available, () => convert('newc')],
  ]

  it.each(formats.filter(([, canBeRead]) => canBeRead))(
    '%s is uploaded and served',
    async (...row) => {
      const server = await startServer()
      expect(await upload(server, row[2]())).toMatchObject({ status: 200 })
      await expectServed(server)
      expect(stagedFiles(server)).toEqual([])
    },
  )

  it('is refused with the name of what is missing, which /readyz tells too', async () => {
    const bin = join(tempDir(), 'bin')
    mkdirSync(bin)
    const server = await startServer({ env: { PATH: bin } })
    expect(await upload(server, Buffer.from('\xfd7zXZ\0', 'latin1'))).toEqual({
      status: 415,
      text: expect.stringContaining('xz is not installed (Debian package xz-utils)'),
    })
    expect(await upload(server, Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1'))).toEqual({
      status: 415,
      text: expect.stringMatching(/the body is 7z, and \S+ is not installed \(Debian package/),
    })
    expect(await ready(server)).toMatchObject({
      ready: true,
      tools: {
        bzip2: 'missing: bzip2 is not installed (Debian package bzip2)',
        xz: 'missing: xz is not installed (Debian package xz-utils)',
      },
    })
  })

  it('is told by /readyz where it can be read', async () => {
    const server = await startServer()
    const version = (name: keyof typeof tools): unknown => {
      const state = tools[name]
      return state.available ? state.version : `missing: ${state.missing}`
    }
    expect(await ready(server)).toMatchObject({
      ready: true,
      tools: { xz: version('xz'), bzip2: version('bzip2'), bsdtar: version('bsdtar') },
    })
  })
})

function convert(format: string): Buffer {
  return execFileSync('bsdtar', ['-cf', '-', `--format=${format}`, '@-'], { input: tar })
}
