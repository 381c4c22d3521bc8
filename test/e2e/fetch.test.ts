import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildProgram, canBuild } from '../helpers/build-program.ts'
import { listFiles } from '../helpers/list-files.ts'
import { makeModuleDump, pdbRecord } from '../helpers/make-module-dump.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { createToken, runSymgate, startServer, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 2 })
const pe = makePe({ timestamp: 0x5617d563, sizeOfImage: 0x8000 })
const PDB = `App.pdb/${GUID}2/App.pdb`
const PE = 'App.dll/5617D5638000/App.dll'

interface Outcome {
  readonly ok: boolean
  readonly files: readonly { path: string; status: string; reason?: string }[]
}

async function fetchInto(
  out: string,
  server: Pick<RunningServer, 'url'>,
  ...paths: string[]
): Promise<{ code: number | null; outcome: Outcome; stderr: string }> {
  const args = ['fetch', '--json', '--server', server.url, '--out', out, ...paths]
  const { code, stdout, stderr } = await runSymgate(args)
  return { code, stderr, outcome: stdout === '' ? undefined : JSON.parse(stdout) }
}

/** A server with two files on it. */
async function filledServer(config?: object): Promise<RunningServer> {
  const server = await startServer(config === undefined ? {} : { config })
  const token = await createToken(server, 'upload')
  for (const [name, body] of [
    ['App.pdb', pdb],
    ['App.dll', pe],
  ] as const) {
    await fetch(`${server.url}/${token}/symbols?upload_file=${name}`, { method: 'POST', body })
  }
  return server
}

describe.skipIf(!canBuild)('the executables of a build', () => {
  it('get their debug files, byte for byte, and nothing else', async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const folder = buildProgram(7)
    const pushed = await runSymgate(['push', '--server', server.url, '--token', token, folder])
    expect(pushed.code).toBe(0)
    const out = tempDir()
    const images = [join(folder, 'x64/app.exe'), join(folder, 'linux/app')]
    const { code, outcome } = await fetchInto(out, server, ...images)
    expect([code, outcome.ok, outcome.files.length]).toEqual([0, true, 2])
    const sha256 = (path: string): string =>
      createHash('sha256').update(readFileSync(path)).digest('hex')
    expect(
      listFiles(out)
        .map((path) => sha256(join(out, path)))
        .sort(),
    ).toEqual(['x64/app.pdb', 'linux/app.debug'].map((path) => sha256(join(folder, path))).sort())
    const again = await fetchInto(out, server, folder)
    expect(again.outcome.files.map(({ status }) => status)).toEqual(['there', 'there'])
  })
})

it('a manifest of symchk, and one that names what is not there', async () => {
  const server = await filledServer()
  const [out, folder] = [tempDir(), tempDir()]
  const manifest = join(folder, 'manifest.txt')
  writeFileSync(manifest, `App.pdb,${GUID}2,1\r\napp.dll,5617d5638000,1\r\n`)
  const { code } = await fetchInto(out, server, manifest)
  expect(code).toBe(0)
  expect(readFileSync(join(out, PDB)).equals(pdb)).toBe(true)
  expect(listFiles(out)).toHaveLength(2)

  writeFileSync(manifest, `App.pdb,${GUID}2,1\r\ngone.pdb,${GUID}3,1\r\n`)
  const partly = await fetchInto(out, server, manifest)
  expect([partly.code, partly.outcome.files.map(({ status }) => status).sort()]).toEqual([
    1,
    ['missing', 'there'],
  ])
  const inWords = await runSymgate(['fetch', '--server', server.url, '--out', out, manifest])
  expect(inWords.stdout).toContain(`missing  gone.pdb/${GUID}3/gone.pdb`)
  expect(inWords.stdout).toContain('0 fetched (0 B), 1 there already, 1 missing, 0 failed')
})

it('a minidump, from a server that asks for a token', async () => {
  const server = await filledServer({ access: { anonymous_download: false } })
  const [out, folder] = [tempDir(), tempDir()]
  const dump = join(folder, 'crash.dmp')
  const module = {
    timestamp: 0x5617d563,
    sizeOfImage: 0x8000,
    record: pdbRecord(GUID, 2, 'App.pdb'),
  }
  writeFileSync(dump, makeModuleDump([{ name: 'C:\\App\\App.dll', ...module }]))
  const refused = await fetchInto(out, server, dump)
  expect([refused.code, refused.stderr]).toMatchObject([1, /no token was given/])
  const args = ['fetch', '--server', server.url, '--out', out, dump]
  const SYMGATE_TOKEN = await createToken(server, 'download')
  expect(await runSymgate(args, { env: { SYMGATE_TOKEN } })).toMatchObject({ code: 0 })
  expect(readFileSync(join(out, PE)).equals(pe)).toBe(true)
  expect(readFileSync(join(out, PDB)).equals(pdb)).toBe(true)
})

it('keeps nothing that is not what was asked for, and replaces what is damaged', async () => {
  const answers: Record<string, Buffer | string> = {
    [`/${PDB}`]: '<!doctype html><title>Sign in</title>',
    [`/${PE}`]: pe,
  }
  const server = await startUpstream((request, response) => {
    // As servers with a store behind them do.
    if (request.url?.startsWith('/far') !== true)
      return void response.writeHead(302, { location: `/far${request.url}` }).end()
    response.end(answers[request.url.slice(4)])
  })
  const [out, folder] = [tempDir(), tempDir()]
  mkdirSync(join(out, PE, '..'), { recursive: true })
  writeFileSync(join(out, PE), pe.subarray(0, 100))
  const manifest = join(folder, 'manifest.json')
  writeFileSync(manifest, JSON.stringify([PDB, PE]))
  const { code, outcome } = await fetchInto(out, server, manifest)
  expect(code).toBe(1)
  expect(outcome.files).toMatchObject([
    { path: PDB, status: 'failed', reason: /gives another file/ },
    { path: PE, status: 'fetched' },
  ])
  expect(existsSync(join(out, PDB))).toBe(false)
  expect(readFileSync(join(out, PE)).equals(pe)).toBe(true)
  expect(listFiles(out)).toEqual([PE])
})

it('says what is no manifest', async () => {
  const server = await filledServer()
  const file = join(tempDir(), 'notes.txt')
  writeFileSync(file, 'just some words, and more')
  const { code, stderr } = await fetchInto(tempDir(), server, file)
  expect([code, stderr]).toMatchObject([1, /neither an executable nor a minidump nor a manifest/])
})
