import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createUpstream } from '../../src/upstream/create-upstream.ts'
import type { DirectorySettings } from '../../src/upstream/upstream-settings.ts'
import type { UpstreamAnswer } from '../../src/upstream/upstream.ts'
import { directorySettings } from '../helpers/directory-settings.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { upstreamRequest } from '../helpers/upstream-request.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PATH = `App.pdb/${GUID}a/App.pdb`
const ABSENT = { kind: 'absent' }

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

async function ask(
  root: string,
  path = PATH,
  more: Partial<DirectorySettings> = {},
): Promise<UpstreamAnswer> {
  const upstream = createUpstream(directorySettings(root, more))
  return await upstream.fetch(upstreamRequest(path), new AbortController().signal)
}

async function textOf(answer: UpstreamAnswer): Promise<string> {
  if (answer.kind !== 'found') throw new Error(`not found but ${JSON.stringify(answer)}`)
  return (await buffer(answer.body)).toString()
}

describe('a folder', () => {
  it.each([
    ['app.pdb', GUID.toLowerCase(), 'APP.PDB'],
    ['APP.PDB', `${GUID}A`, 'App.pdb'],
    ['aPP.pDB', `${GUID}a`, 'app.PDB'],
  ])('has a file whatever its case: %s/%s/%s', async (name, id, file) => {
    const root = tempDir()
    write(root, `${name}/${id.length === 32 ? `${id}A` : id}/${file}`, 'mixed')
    expect(await textOf(await ask(root))).toBe('mixed')
  })

  it('is looked through again when it has changed', async () => {
    const root = tempDir()
    const upstream = createUpstream(directorySettings(root))
    const { signal } = new AbortController()
    const fetch = () => upstream.fetch(upstreamRequest(PATH), signal)
    expect(await fetch()).toEqual(ABSENT)
    write(root, PATH.toLowerCase(), 'first')
    expect(await textOf(await fetch())).toBe('first')
    // Long enough unchanged for what was listed to be kept.
    await setTimeout(3100)
    expect(await textOf(await fetch())).toBe('first')
    rmSync(join(root, 'app.pdb'), { recursive: true })
    expect(await fetch()).toEqual(ABSENT)
    write(root, PATH.toUpperCase(), 'second')
    expect(await textOf(await fetch())).toBe('second')
  })

  it('has the file in the case asked for before any other', async () => {
    const root = tempDir()
    write(root, PATH.toLowerCase(), 'lower')
    write(root, PATH, 'exact')
    expect(await textOf(await ask(root))).toBe('exact')
    const lower = `app.pdb/${GUID}a/app.pdb`
    expect(await textOf(await ask(root, lower))).toMatch(/lower|exact/)
  })

  it('looks into each folder that differs in case', async () => {
    const root = tempDir()
    write(root, `APP.PDB/${GUID}1/App.pdb`, 'other')
    write(root, `app.pdb/${GUID}A/app.pdb`, 'it')
    expect(await textOf(await ask(root))).toBe('it')
  })

  it('of two tiers says so itself', async () => {
    const root = tempDir()
    write(root, `AP/${PATH.toLowerCase()}`, 'tiered')
    expect(await ask(root)).toEqual(ABSENT)
    write(root, 'index2.txt', '')
    expect(await textOf(await ask(root))).toBe('tiered')
  })

  it('that is not there is trouble of the host, and no absence', async () => {
    expect(await ask(join(tempDir(), 'mnt'))).toMatchObject({
      kind: 'trouble',
      stage: 'connect',
      blame: 'host',
      reason: 'missing_store',
    })
  })

  it('has no files in what are folders, FIFOs or too long names', async () => {
    const root = tempDir()
    mkdirSync(join(root, PATH), { recursive: true })
    expect(await ask(root)).toEqual(ABSENT)
    rmSync(join(root, PATH), { recursive: true })
    execFileSync('mkfifo', [join(root, PATH)])
    expect(await ask(root)).toEqual(ABSENT)
    const name = `${'x'.repeat(251)}.pdb`
    expect((await ask(root, `${name}/${GUID}1/${name}`)).kind).toBe('absent')
  })

  it('gives nothing that lies outside, whatever links say', async () => {
    const outside = tempDir()
    write(outside, PATH, 'secret')
    const root = tempDir()
    symlinkSync(join(outside, 'App.pdb'), join(root, 'App.pdb'))
    expect(await ask(root)).toEqual(ABSENT)
    rmSync(join(root, 'App.pdb'))
    mkdirSync(dirname(join(root, PATH)), { recursive: true })
    symlinkSync(join(outside, PATH), join(root, PATH))
    expect(await ask(root)).toEqual(ABSENT)
  })

  it('follows links within, and may be one', async () => {
    const root = tempDir()
    write(root, `real/${GUID}a/App.pdb`, 'linked')
    symlinkSync('real', join(root, 'App.pdb'))
    expect(await textOf(await ask(root))).toBe('linked')
    const link = join(tempDir(), 'link')
    symlinkSync(root, link)
    expect(await textOf(await ask(link))).toBe('linked')
  })
})

describe('a pointer', () => {
  const POINTER = `App.pdb/${GUID}a/file.ptr`

  function setUp(text: string) {
    const root = tempDir()
    const builds = tempDir()
    write(builds, 'x64/2128.chk/App.pdb', 'built')
    write(root, POINTER, text)
    const pointerRoots = [
      { prefix: String.raw`\\builds\drop`, path: builds },
      { prefix: '/srv/drop', path: builds },
      { prefix: 'D:', path: builds },
    ]
    return { root, builds, pointerRoots }
  }

  it.each([
    String.raw`\\builds\drop\x64\2128.chk\App.pdb`,
    'PATH:\\\\BUILDS\\Drop\\X64\\2128.CHK\\app.pdb\r\n',
    '/srv/drop/x64/2128.chk/App.pdb',
    String.raw`d:\x64\2128.chk\App.pdb`,
    String.raw`\\builds\drop\x64\\2128.chk\App.pdb  `,
  ])('leads to the file: %j', async (text) => {
    const { root, pointerRoots } = setUp(text)
    expect(await textOf(await ask(root, PATH, { pointerRoots }))).toBe('built')
  })

  it('leads to the compressed file where the plain one is not there', async () => {
    const { root, builds, pointerRoots } = setUp('/srv/drop/y/App.pdb')
    write(builds, 'y/App.pd_', 'compressed')
    expect(await textOf(await ask(root, PATH, { pointerRoots }))).toBe('compressed')
  })

  it('counts for less than the file itself, in any form', async () => {
    const { root, pointerRoots } = setUp('/srv/drop/x64/2128.chk/App.pdb')
    write(root, `App.pdb/${GUID}a/App.pd_`, 'here')
    expect(await textOf(await ask(root, PATH, { pointerRoots }))).toBe('here')
  })

  it('is not followed where no roots are configured', async () => {
    const { root } = setUp('/srv/drop/x64/2128.chk/App.pdb')
    expect(await ask(root)).toEqual(ABSENT)
  })

  it.each(['MSG: no longer indexed', 'msg', '/srv/drop/none/App.pdb'])(
    'that leads nowhere is an absence: %j',
    async (text) => {
      const { root, pointerRoots } = setUp(text)
      expect(await ask(root, PATH, { pointerRoots })).toEqual(ABSENT)
    },
  )

  it.each([
    '/etc/passwd',
    '/srv/dropped/App.pdb',
    '/srv/drop/../../etc/passwd',
    '/srv/drop/x64/../x64/2128.chk/App.pdb',
    String.raw`\\builds\drop\..\secret`,
    String.raw`\\builds\drop\x64\2128.chk\App.pdb:stream`,
    String.raw`\builds\drop\x64\2128.chk\App.pdb`,
    String.raw`..\x64\2128.chk\App.pdb`,
    '/srv/drop',
    '',
  ])('that leads elsewhere is trouble of the file: %j', async (text) => {
    const { root, pointerRoots } = setUp(text)
    expect(await ask(root, PATH, { pointerRoots })).toMatchObject({
      kind: 'trouble',
      blame: 'file',
      cause: expect.stringContaining('file.ptr leads out of pointer_roots'),
    })
  })

  it('that is no pointer, or leads over a link, gives nothing', async () => {
    const { root, builds, pointerRoots } = setUp('x'.repeat(70_000))
    expect(await ask(root, PATH, { pointerRoots })).toMatchObject({ blame: 'file' })
    symlinkSync('/etc', join(builds, 'etc'))
    write(root, POINTER, '/srv/drop/etc/passwd')
    expect(await ask(root, PATH, { pointerRoots })).toEqual(ABSENT)
  })
})
