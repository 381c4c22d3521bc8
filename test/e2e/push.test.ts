import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { apiGet } from '../helpers/api-get.ts'
import { buildProgram, canBuild } from '../helpers/build-program.ts'
import { curl } from '../helpers/curl.ts'
import { startFaultProxy } from '../helpers/fault-proxy.ts'
import { listFiles } from '../helpers/list-files.ts'
import { makeElf } from '../helpers/make-elf.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { createToken, runSymgate, startServer, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

interface Report {
  readonly ok: boolean
  readonly dry_run: boolean
  readonly error?: string
  readonly sent_bytes: number
  readonly packages: readonly string[]
  readonly summary: Readonly<Record<string, number>>
  readonly files: readonly { path: string; status: string; reason?: string; key?: string }[]
}

async function push(
  server: Pick<RunningServer, 'url'>,
  token: string,
  ...args: string[]
): Promise<{ code: number | null; report: Report; stderr: string }> {
  const { code, stdout, stderr } = await runSymgate(['push', '--json', ...args], {
    env: { SYMGATE_URL: server.url, SYMGATE_TOKEN: token },
  })
  return { code, stderr, report: stdout === '' ? undefined : JSON.parse(stdout) }
}

const guid = (number: number): string => number.toString(16).toUpperCase().padStart(32, 'A')

/** A folder of PDBs that do not compress. */
function pdbFolder(count: number, size: number): { folder: string; paths: string[] } {
  const folder = tempDir()
  const paths = Array.from({ length: count }, (_, index) => {
    const payload = Buffer.alloc(100, index + 1)
    const bytes = makePdb({ guid: guid(index), age: 1, size, payload, fill: true })
    writeFileSync(join(folder, `file${index}.pdb`), bytes)
    return `file${index}.pdb/${guid(index)}1/file${index}.pdb`
  })
  return { folder, paths }
}

async function expectServed(server: RunningServer, folder: string, paths: string[]): Promise<void> {
  for (const path of paths) {
    const { status, body } = await curl(`${server.url}/${path}`)
    const bytes = readFileSync(join(folder, path.split('/')[2] ?? ''))
    expect([path, status, body.equals(bytes)]).toEqual([path, 200, true])
  }
}

async function remove(server: RunningServer, id: string | undefined): Promise<number> {
  const headers = { authorization: `Bearer ${server.adminToken}` }
  const { status } = await fetch(`${server.url}/api/v1/uploads/${id}`, {
    method: 'DELETE',
    headers,
  })
  return status
}

/** The packages of the report hold the files, whatever becomes of all others. */
async function expectHeld(
  server: RunningServer,
  { packages }: Report,
  folder: string,
  paths: string[],
): Promise<void> {
  const { json } = await apiGet(server, '/uploads')
  const items: readonly { id: string }[] = json.items
  expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining([...packages]))
  expect(packages.length).toBeGreaterThan(0)
  for (const { id } of items.filter((item) => !packages.includes(item.id)))
    expect(await remove(server, id)).toBeLessThan(300)
  await expectServed(server, folder, paths)
}

describe.skipIf(!canBuild)('a build tree of clang, lld and gcc', () => {
  it('is pushed, and then is there', async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const folder = buildProgram(42)

    const dry = await push(server, token, '--dry-run', folder)
    expect([dry.code, dry.report]).toMatchObject([
      0,
      { dry_run: true, sent_bytes: 0, summary: { missing: 4 } },
    ])
    expect(listFiles(join(server.data, 'symbols')).filter((name) => !name.startsWith('.'))).toEqual(
      [],
    )

    const details = ['--tag', '1.2.3', '--product', 'App', '--version', '1.2']
    const { code, report } = await push(server, token, ...details, folder)
    expect([code, report.ok, report.summary['stored'], report.packages.length]).toEqual([
      0,
      true,
      4,
      1,
    ])
    for (const { path, key } of report.files.filter(({ status }) => status === 'stored')) {
      const { status, body } = await curl(`${server.url}/${key}`)
      expect([status, body.equals(readFileSync(path))]).toEqual([200, true])
    }
    const manifest = join(server.data, `symbols/.symgate/packages/${report.packages[0]}.json`)
    expect(JSON.parse(readFileSync(manifest, 'utf8'))).toMatchObject({
      tag: '1.2.3',
      product: 'App',
      version: '1.2',
      verdict: 'good',
    })

    const again = await push(server, token, folder)
    expect([again.code, again.report.sent_bytes, again.report.summary['present']]).toEqual([
      0, 0, 4,
    ])
  })

  it('says in words what it did, on plain lines', async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const args = ['push', '--server', `${server.url}/`, '--token', token, buildProgram(43)]
    const { code, stdout, stderr } = await runSymgate(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^4 .*KiB {2}sent and stored$/m)
    expect(stdout).toMatch(/went over the wire/)
    expect(stderr).toMatch(/package 1 of 1: 4 files/)
    expect(stderr).not.toContain('\x1b')
  })
})

describe('what differs, or is damaged', () => {
  it('is told, keeps the exit code from being 0, and is not sent', async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const { folder } = pdbFolder(2, 20_000)
    expect((await push(server, token, folder)).code).toBe(0)
    const other = makePdb({ guid: guid(0), age: 1, size: 30_000 })
    writeFileSync(join(folder, 'file0.pdb'), other)
    writeFileSync(join(folder, 'broken.pdb'), other.subarray(0, 500))
    const { code, report } = await push(server, token, folder)
    expect([code, report.summary, report.sent_bytes]).toMatchObject([
      1,
      { different: 1, present: 1, rejected: 1 },
      0,
    ])

    const replace = await push(server, token, '--on-conflict', 'replace', join(folder, 'file0.pdb'))
    expect([replace.code, replace.report.summary['stored']]).toEqual([0, 1])
    expect((await curl(`${server.url}/file0.pdb/${guid(0)}1/file0.pdb`)).body.equals(other)).toBe(
      true,
    )
  })

  it('keeps a strict push back as a whole; a good one is one package', async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const { folder, paths } = pdbFolder(3, 20_000)
    writeFileSync(join(folder, 'notes.pdb'), 'no PDB')
    writeFileSync(join(folder, 'broken.pdb'), makePdb({ guid: guid(9), age: 1 }).subarray(0, 500))
    const bad = await push(server, token, '--strict', folder)
    expect([bad.code, bad.report.summary]).toMatchObject([
      1,
      { rejected: 1, withheld: 3, skipped: 1 },
    ])
    expect((await curl(`${server.url}/${paths[0]}`)).status).toBe(404)
    const good = await push(
      server,
      token,
      '--strict',
      ...paths.map((path) => join(folder, path.split('/')[0] ?? '')),
    )
    expect([good.code, good.report.packages.length]).toEqual([0, 1])
    await expectServed(server, folder, paths)
  })
})

it('an archive is passed over in a folder, and an error where it is named', async () => {
  const server = await startServer()
  const token = await createToken(server, 'upload')
  const { folder } = pdbFolder(1, 20_000)
  execFileSync('tar', ['-czf', 'symbols.tgz', 'file0.pdb'], { cwd: folder })
  const all = await push(server, token, folder)
  expect([all.code, all.report.summary]).toMatchObject([0, { stored: 1, skipped: 1 }])
  const named = await push(server, token, join(folder, 'symbols.tgz'))
  expect([named.code, named.report.files[0]?.reason]).toMatchObject([1, /an archive: push what/])
})

it('compressed files are compared by what is in them', async () => {
  const server = await startServer()
  const token = await createToken(server, 'upload')
  const folder = tempDir()
  const elf = makeElf({ buildId: 'abcdef0123456789abcdef0123456789abcdef01' })
  writeFileSync(join(folder, 'libx.so'), elf)
  execFileSync('gzip', ['libx.so'], { cwd: folder })
  expect((await push(server, token, folder)).report.summary).toMatchObject({ stored: 1 })
  execFileSync('gzip', ['-d', 'libx.so.gz'], { cwd: folder })
  expect((await push(server, token, folder)).report.summary).toMatchObject({ present: 1 })
  execFileSync('gzip', ['-1', 'libx.so'], { cwd: folder })
  expect((await push(server, token, folder)).report.summary).toMatchObject({ present: 1 })
  for (let index = 0; index < 6; index++) {
    const buildId = `abc${String(index).repeat(37)}`
    writeFileSync(join(folder, `lib${index}.so`), makeElf({ buildId }))
    execFileSync('gzip', [`lib${index}.so`], { cwd: folder })
  }
  expect((await push(server, token, folder)).report.summary).toMatchObject({
    stored: 6,
    present: 1,
  })
})

it('goes on after broken connections, without what has arrived', async () => {
  const server = await startServer()
  const token = await createToken(server, 'upload')
  // Three packages by their size; the connections of two break after 20 MB.
  const { folder, paths } = pdbFolder(6, 64 << 20)
  const proxy = await startFaultProxy(server.url, (connection) =>
    connection === 1 || connection === 2 ? 20e6 : undefined,
  )
  const { code, report, stderr } = await push(proxy, token, folder)
  expect([code, report.summary['stored'], report.packages.length]).toEqual([0, 6, 3])
  expect(stderr).toMatch(/the connection broke: .*; waiting for the server, again in \d+ s/)
  // What got through did so once.
  expect(proxy.bytes()).toBeGreaterThan((3 * 128) << 20)
  expect(proxy.bytes()).toBeLessThan((4 * 128) << 20)
  await expectServed(server, folder, paths.slice(0, 2))
})

it('holds what an upload whose answer was lost has brought', async () => {
  const server = await startServer()
  const token = await createToken(server, 'upload')
  const { folder, paths } = pdbFolder(2, 40_000)
  // Only the upload is that long.
  const proxy = await startFaultProxy(server.url, () => ({ answerAfter: 20_000 }))
  const { code, report } = await push(proxy, token, folder)
  expect([code, report.summary]).toMatchObject([0, { present: 2, stored: 0 }])
  expect(report.files.map(({ reason }) => reason)).toEqual(
    paths.map(() => 'it was there after the connection broke'),
  )
  await expectHeld(server, report, folder, paths)
})

it('holds what another push has brought while the connection was broken', async () => {
  const server = await startServer()
  const token = await createToken(server, 'upload')
  const { folder, paths } = pdbFolder(2, 40_000)
  let other: Promise<void> | undefined
  let isThere = false
  const proxy = await startFaultProxy(server.url, (connection) => {
    if (connection === 0) return 20_000
    other ??= push(server, token, '--tag', 'other', folder).then(({ code }) => {
      isThere = code === 0
    })
    return isThere ? undefined : 0
  })
  const { code, report } = await push(proxy, token, '--strict', folder)
  expect([code, report.summary]).toMatchObject([0, { present: 2, stored: 0 }])
  await expectHeld(server, report, folder, paths)
})

it('goes on when the server is killed and started again', async () => {
  const server = await startServer()
  const token = await createToken(server, 'upload')
  const { folder, paths } = pdbFolder(6, 64 << 20)
  let restarted: Promise<RunningServer> | undefined
  let connections = 0
  const proxy = await startFaultProxy(server.url, () => {
    if (++connections === 3) {
      restarted = server.kill().then(() => startServer({ data: server.data }))
      void restarted.then(({ url }) => proxy.aim(url))
    }
    return undefined
  })
  const { code, report } = await push(proxy, token, folder)
  expect([code, report.summary['stored'], report.summary['failed']]).toEqual([0, 6, 0])
  const again = await restarted
  if (again === undefined) throw new Error('the server was not restarted')
  await expectServed(again, folder, paths)
})

describe('says what is wrong with', () => {
  it('the token', async () => {
    const server = await startServer()
    const { folder } = pdbFolder(1, 20_000)
    const wrong = await push(server, 'wrong', folder)
    expect([wrong.code, wrong.report.ok, wrong.report.error]).toMatchObject([
      1,
      false,
      /refuses: invalid token: it is unknown/,
    ])
    const download = await push(server, await createToken(server, 'download'), folder)
    expect(download.report.error).toMatch(/its scope is download, this needs scope upload/)
  })

  it('the address', async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const { folder } = pdbFolder(1, 20_000)
    const wrong = await push({ url: `${server.url}/nowhere` }, token, folder)
    expect([wrong.code, wrong.report.error]).toMatchObject([1, /is the address right/])
    const inWords = ['push', '--server', `${server.url}/nowhere`, '--token', token, folder]
    const said = await runSymgate(inWords)
    expect([said.code, said.stdout, said.stderr]).toMatchObject([1, '', /is the address right/])
  })

  it('the command line', async () => {
    const { code, stderr } = await runSymgate(['push', 'x'])
    expect([code, stderr]).toMatchObject([2, /--server URL or set SYMGATE_URL/])
    const unknown = await runSymgate(['push', '--strickt', 'x'])
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      "symgate: Unknown option '--strickt'; see symgate help\n",
    ])
    const bare = await runSymgate(['push', '--server', 'ftp://x', 'y'])
    expect([bare.code, bare.stderr]).toMatchObject([2, /--server: "ftp:\/\/x" is no http/])
  })

  it('the paths', async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const folder = tempDir()
    mkdirSync(join(folder, 'empty'))
    const missing = await push(server, token, join(folder, 'nothing'))
    expect([missing.code, missing.stderr]).toMatchObject([1, /there is no .*nothing/])
  })
})

it('what was there already stays as long as any package of a push that brought it', async () => {
  const server = await startServer()
  const token = await createToken(server, 'upload')
  const { folder, paths } = pdbFolder(2, 20_000)
  const first = await push(server, token, '--tag', 'one', folder)
  const second = await push(server, token, '--tag', 'two', folder)
  expect([second.code, second.report.summary['present']]).toEqual([0, 2])
  const [one] = first.report.packages
  const [two, ...more] = second.report.packages
  expect([typeof two, two === one, more]).toEqual(['string', false, []])
  expect(await remove(server, one)).toBeLessThan(300)
  await expectServed(server, folder, paths)
  expect(await remove(server, two)).toBeLessThan(300)
  expect((await curl(`${server.url}/${paths[0]}`)).status).toBe(404)
})

it('files whose names the token does not cover are told by name, sent or there already', async () => {
  const server = await startServer()
  const { folder, paths } = pdbFolder(3, 20_000)
  const limited = await createToken(server, 'upload', { names: ['file0.*'] })
  const reason = (name: string): string =>
    `the token may publish files named file0.* only, not "${name}"`
  const sent = await push(server, limited, folder)
  expect([sent.code, sent.report.summary]).toMatchObject([1, { stored: 1, rejected: 2 }])

  expect((await push(server, await createToken(server, 'upload'), folder)).code).toBe(0)
  const there = await push(server, limited, folder)
  expect([there.code, there.report.summary]).toMatchObject([1, { present: 1, rejected: 2 }])
  for (const { report } of [sent, there]) {
    expect(report.error).toBeUndefined()
    const rejected = report.files.filter(({ status }) => status === 'rejected')
    expect(rejected.map((file) => file.reason)).toEqual([reason('file1.pdb'), reason('file2.pdb')])
  }
  const foreign = await push(server, limited, join(folder, 'file1.pdb'))
  expect([foreign.code, foreign.report.packages, foreign.report.files[0]]).toMatchObject([
    1,
    [],
    { status: 'rejected', reason: reason('file1.pdb') },
  ])
  const { json } = await apiGet(server, '/uploads?verdict=failed')
  expect(json.items[0].error.message).toBe(reason('file1.pdb'))
  await expectServed(server, folder, paths)
})

describe('POST /exists', () => {
  it('answers for each file in order, whatever the spelling of its path', async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const { folder, paths } = pdbFolder(1, 20_000)
    await push(server, token, folder)
    const bytes = readFileSync(join(folder, 'file0.pdb'))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const [path = ''] = paths
    const files = [
      { path: path.toLowerCase(), size: bytes.length, sha256: sha256.toUpperCase() },
      { path: `fi/${path}`, size: bytes.length, sha256: 'a'.repeat(64) },
      { path: path.replace('file0', 'file1').replaceAll('A', 'B'), size: 1, sha256 },
      { path: 'no symbol path', size: 1, sha256 },
    ]
    const response = await fetch(`${server.url}/api/v1/exists`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ files }),
    })
    expect(await response.json()).toEqual({ files: ['present', 'different', 'absent', 'absent'] })
  })
})
