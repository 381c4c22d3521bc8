import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { MAIN } from '../helpers/main-path.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { createToken, runSymgate, startServer, waitUntil } from '../helpers/server.ts'
import { canMount, smallDisk } from '../helpers/small-disk.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PDB = `App.pdb/${GUID}2/App.pdb`
const pdb = makePdb({ guid: GUID, age: 2, payload: Buffer.alloc(3 << 20, 'x') })

function manifest(...lines: readonly string[]): string {
  const file = join(tempDir(), 'manifest.txt')
  writeFileSync(file, lines.join('\n'))
  return file
}

it('push and fetch wait for a server that is being restarted, and say so', async () => {
  const first = await startServer()
  const token = await createToken(first, 'upload')
  const file = join(tempDir(), 'App.pdb')
  writeFileSync(file, pdb)
  expect((await runSymgate(['push', '--server', first.url, '--token', token, file])).code).toBe(0)
  await first.stop()
  const out = tempDir()
  const commands = [
    ['push', file],
    ['fetch', '--out', out, manifest(PDB)],
  ].map((args) => {
    const env = { ...process.env, SYMGATE_URL: first.url, SYMGATE_TOKEN: token }
    const child = spawn(process.execPath, [MAIN, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    return { ended, said: () => said }
  })
  const waiting = /cannot reach http:\S+ .*ECONNREFUSED.*; waiting for the server, again in \d+ s/
  await waitUntil(() => commands.every(({ said }) => waiting.test(said())), 30_000)
  // Longer than the patience of somebody who has mistyped an address.
  await waitUntil(() => commands.every(({ said }) => said().split('waiting').length > 5), 60_000)
  await startServer({ data: first.data, listen: new URL(first.url).host })
  expect(await Promise.all(commands.map(({ ended }) => ended))).toEqual([0, 0])
  expect(existsSync(join(out, PDB))).toBe(true)
})

it('with --json there is always one object, which says what stopped it', async () => {
  const server = await startServer({ config: { access: { anonymous_download: false } } })
  const file = join(tempDir(), 'App.pdb')
  writeFileSync(file, pdb)
  const nowhere = join(tempDir(), 'nowhere')
  const noTls = server.url.replace('http:', 'https:')
  for (const [args, error] of [
    [['push', '--server', server.url, '--token', 'wrong', file], /invalid token/],
    [['push', '--server', server.url, '--token', 'wrong', nowhere], /there is no .*nowhere/],
    [['fetch', '--server', server.url, '--out', tempDir(), manifest(PDB)], /no token was given/],
    [['fetch', '--server', server.url, nowhere], /there is no .*nowhere/],
    [['fetch', '--server', noTls, '--out', tempDir(), manifest(PDB)], /cannot reach/],
    [['import', '--data', server.data, nowhere], /cannot import .*nowhere/],
  ] as const) {
    const { code, stdout, stderr } = await runSymgate([...args, '--json'])
    const told = JSON.parse(stdout) as { error: string; ok?: boolean; files?: readonly object[] }
    expect([code, told.error, told.ok ?? false]).toMatchObject([1, error, false])
    expect(stderr).toContain(`symgate: ${told.error}\n`)
  }
})

it.skipIf(!canMount)(
  'a full disk ends a fetch with the name of the file, and leaves no empty folder',
  async () => {
    const server = await startUpstream((_request, response) => void response.end(pdb))
    const disk = smallDisk(4)
    const out = join(disk.path, 'symbols')
    disk.fill(2 << 20)
    const before = readdirSync(disk.path)
    const fetched = ['fetch', '--server', server.url, '--out', out, manifest(PDB)]
    const { code, stdout, stderr } = await runSymgate(fetched)
    expect([code, stdout]).toEqual([1, '0 fetched (0 B), 0 there already, 0 missing, 1 failed\n'])
    expect(stderr).toMatch(/^symgate: cannot write \S*App\.pdb \(--out \S*symbols\): .*ENOSPC/m)
    expect(readdirSync(disk.path)).toEqual(before)
  },
)

it('a wrong line of a manifest is told by its number, and the others are fetched', async () => {
  const server = await startUpstream((request, response) => {
    response.writeHead(request.url === `/${PDB}` ? 200 : 404).end(pdb)
  })
  const out = tempDir()
  const list = manifest(
    `App.pdb,${GUID}2,1`,
    'just some words, and more',
    '# well',
    'a.pdb,nonsense',
  )
  const flags = ['--server', server.url, '--out', out, list]
  const { code, stdout } = await runSymgate(['fetch', ...flags])
  expect(code).toBe(1)
  expect(stdout).toContain(
    `failed  just some words, and more  ${list}, line 2: a manifest has lines`,
  )
  expect(stdout).toContain('failed  a.pdb/nonsense/a.pdb  no symbol path, in')
  expect(readFileSync(join(out, PDB)).equals(pdb)).toBe(true)
})

it('a reader that leaves ends a command without a word', () => {
  const said = join(tempDir(), 'stderr')
  for (const args of ['help', `identify '${MAIN}'`]) {
    const pipe = `'${process.execPath}' '${MAIN}' ${args} 2>'${said}' | true; echo "\${PIPESTATUS[0]}"`
    expect(execFileSync('bash', ['-c', pipe], { encoding: 'utf8' })).toBe('0\n')
    expect([args, readFileSync(said, 'utf8')]).toEqual([args, ''])
  }
})
