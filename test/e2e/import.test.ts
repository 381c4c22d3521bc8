import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { MAIN } from '../helpers/main-path.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { makeStore } from '../helpers/make-store.ts'
import { reflinkDisk } from '../helpers/reflink-disk.ts'
import { runSymgate, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const guid = (number: number): string => number.toString(16).toUpperCase().padStart(32, 'A')
const pdb = (number: number, payload = 'x'): Buffer =>
  makePdb({ guid: guid(number), age: 1, payload: Buffer.from(payload) })
const pe = makePe({ timestamp: 0x5617d563, sizeOfImage: 0x8000 })
const sym = (number: number): string =>
  `MODULE Linux x86_64 ${guid(number)}0 prog\nFILE 0 a.c\nFUNC 1000 10 0 main\n1000 10 1 0\n`

interface Outcome {
  readonly packages: number
  readonly stored: number
  readonly duplicates: number
  readonly conflicts: number
  readonly rejected: number
  readonly left_out: number
  readonly before: number
  readonly rows: readonly { path: string; status: string; reason: string }[]
}

async function importInto(data: string, ...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await runSymgate(['import', '--json', '--data', data, ...args])
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

interface Manifest {
  readonly tag: string
  readonly product?: string
  readonly version?: string
  readonly comment?: string
  readonly files: readonly { path: string; status: string }[]
}

function manifests(data: string): Manifest[] {
  const folder = join(data, 'symbols/.symgate/packages')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Manifest)
}

async function expectServed(server: RunningServer, path: string, bytes: Buffer): Promise<void> {
  const { status, body } = await curl(`${server.url}/${path}`)
  expect([path, status, body.equals(bytes)]).toEqual([path, 200, true])
}

describe.each([
  ['single-tier', false],
  ['two-tier', true],
])('a %s SymStore', (_, twoTier) => {
  it('is taken over, transaction by transaction', async () => {
    const tier = (name: string): string => (twoTier ? `${name.slice(0, 2)}/` : '')
    const store = makeStore({ twoTier })
    store.put(`${tier('app.pdb')}app.pdb/${guid(1)}1/app.pdb`, pdb(1))
    store.put(
      `${tier('app.pdb')}app.pdb/${guid(1)}1/refs.ptr`,
      '0000000001,file,"C:\\a.pdb",pri,,N,,',
    )
    // In another case than the transaction has it.
    store.put(`${tier('LIB.DLL')}LIB.DLL/5617d5638000/lib.dll`, pe)
    await store.putCabinet(
      `${tier('packed.pdb')}packed.pdb/${guid(2)}1/packed.pd_`,
      'packed.pdb',
      pdb(2),
    )
    store.put(`${tier('loose.pdb')}loose.pdb/${guid(3)}1/loose.pdb`, pdb(3))
    store.put(`${tier('gone.pdb')}gone.pdb/${guid(4)}1/gone.pdb`, pdb(4))
    store.transaction('0000000001', { product: 'App, the', version: '1.0.1', comment: 'nightly' }, [
      `app.pdb\\${guid(1)}1`,
      'lib.dll\\5617D5638000',
      `absent.pdb\\${guid(9)}1`,
    ])
    store.transaction('0000000002', { product: 'Other' }, [`packed.pdb\\${guid(2)}1`])
    store.transaction('0000000003', { product: 'Deleted' }, [`gone.pdb\\${guid(4)}1`])
    store.deleted('0000000003')

    const server = await startServer()
    const outcome = await importInto(server.data, '--tag', 'old', store.root)
    expect(outcome).toMatchObject({ packages: 3, stored: 5, duplicates: 0, left_out: 1, before: 0 })
    expect(outcome.rows).toEqual([
      {
        path: `absent.pdb/${guid(9)}1`,
        status: 'left out',
        reason: 'transaction 0000000001 lists it, and it is not there',
      },
    ])
    expect(manifests(server.data)).toMatchObject([
      { tag: 'old', product: 'App, the', version: '1.0.1', comment: 'nightly', files: [{}, {}] },
      { tag: 'old', product: 'Other', files: [{}] },
      { tag: 'old', files: [{}, {}] },
    ])
    await expectServed(server, `app.pdb/${guid(1)}1/app.pdb`, pdb(1))
    await expectServed(server, 'lib.dll/5617D5638000/lib.dll', pe)
    await expectServed(server, `packed.pdb/${guid(2)}1/packed.pdb`, pdb(2))
    await expectServed(server, `loose.pdb/${guid(3)}1/loose.pdb`, pdb(3))

    expect(await importInto(server.data, '--tag', 'old', store.root)).toMatchObject({
      packages: 0,
      stored: 0,
      before: 5,
    })
    store.put(`${tier('new.pdb')}new.pdb/${guid(5)}1/new.pdb`, pdb(5))
    expect(await importInto(server.data, store.root)).toMatchObject({ packages: 1, stored: 1 })
  })
})

it('pointers are followed within the configured folders, and nowhere else', async () => {
  const builds = tempDir()
  mkdirSync(join(builds, 'x86'))
  writeFileSync(join(builds, 'x86/Pointed.pdb'), pdb(1))
  const secret = join(tempDir(), 'secret.pdb')
  writeFileSync(secret, pdb(2))
  const store = makeStore()
  store.put(`pointed.pdb/${guid(1)}1/file.ptr`, '\\\\builds\\symbols\\x86\\pointed.pdb')
  store.put(`secret.pdb/${guid(2)}1/file.ptr`, secret)
  store.put(`real.pdb/${guid(3)}1/real.pdb`, pdb(3))
  store.put(`real.pdb/${guid(3)}1/file.ptr`, secret)
  const roots = [{ prefix: '\\\\builds\\symbols', path: builds }]
  const server = await startServer({ config: { import: { pointer_roots: roots } } })
  const outcome = await importInto(server.data, store.root)
  expect(outcome).toMatchObject({ stored: 2, left_out: 1 })
  expect(outcome.rows).toMatchObject([
    { path: `secret.pdb/${guid(2)}1/file.ptr`, reason: /leads out of every folder/ },
  ])
  await expectServed(server, `pointed.pdb/${guid(1)}1/pointed.pdb`, pdb(1))
  expect((await curl(`${server.url}/secret.pdb/${guid(2)}1/secret.pdb`)).status).toBe(404)
})

it('other trees, without a server: Breakpad files, mixed case, junk', async () => {
  const store = makeStore()
  store.put(`prog/${guid(1)}0/prog.sym`, sym(1))
  store.put(`Tike.exe/5617D5638000/Tike.exe`, pe)
  store.put(`tike.exe/5617d5638000/tike.exe`, pe)
  store.put(`a.pdb/${guid(2)}1/a.pdb`, pdb(2))
  store.put(`a.pdb/${guid(2)}1/a.pd_`, 'MSCF stale')
  store.put(`wrong.pdb/${guid(3)}1/wrong.pdb`, pdb(4))
  store.put(`cut.pdb/${guid(5)}1/cut.pdb`, pdb(5).subarray(0, 2000))
  store.put(`empty.pdb/${guid(6)}1/empty.pdb`, '')
  store.put(`page.pdb/${guid(7)}1/page.pdb`, '<!doctype html><title>Sign in</title>')
  store.put(`kernel32.dll/5617D5638000/download.error`, '404')
  symlinkSync('/etc/passwd', join(store.root, `a.pdb/${guid(2)}1/link.pdb`))
  const data = tempDir()
  const outcome = await importInto(data, store.root)
  expect(outcome).toMatchObject({ stored: 4, duplicates: 1, rejected: 1, left_out: 5 })
  const byPath = new Map(outcome.rows.map(({ path, status, reason }) => [path, [status, reason]]))
  expect(byPath.get(`a.pdb/${guid(2)}1/a.pd_`)).toEqual(['left out', 'a.pdb lies beside it'])
  expect(byPath.get(`a.pdb/${guid(2)}1/link.pdb`)).toEqual(['left out', 'a link or device'])
  expect(byPath.get(`empty.pdb/${guid(6)}1/empty.pdb`)).toEqual(['left out', 'empty'])
  expect(byPath.get(`page.pdb/${guid(7)}1/page.pdb`)).toEqual(['left out', 'not a symbol file'])
  expect(byPath.get(`cut.pdb/${guid(5)}1/cut.pdb`)?.[0]).toBe('rejected')
  expect(byPath.get(`wrong.pdb/${guid(3)}1/wrong.pdb`)).toMatchObject([
    'noted',
    /^it is filed under/,
  ])

  const server = await startServer({ data })
  await expectServed(server, `prog/${guid(1)}0/prog.sym`, Buffer.from(sym(1)))
  await expectServed(server, `wrong.pdb/${guid(4)}1/wrong.pdb`, pdb(4))
})

it('what is imported shares no inode with the tree, so that nobody can change it there', async () => {
  const store = makeStore()
  const path = `a.pdb/${guid(1)}1/a.pdb`
  store.put(path, pdb(1))
  const data = tempDir()
  expect(await importInto(data, '--reflink', store.root)).toMatchObject({ stored: 1 })
  const [ours, theirs] = [join(data, 'symbols', path), join(store.root, path)].map((file) =>
    statSync(file),
  )
  expect(ours?.nlink).toBe(1)
  expect(ours?.ino).not.toBe(theirs?.ino)
  store.put(path, 'changed')
  expect(readFileSync(join(data, 'symbols', path)).equals(pdb(1))).toBe(true)
})

it('ends with the command, and does the rest when it is repeated', async () => {
  const store = makeStore()
  const count = 1200
  for (let index = 0; index < count; index++)
    store.put(`f${index}.pdb/${guid(index)}1/f${index}.pdb`, pdb(index))
  const server = await startServer()
  const command = spawn(process.execPath, [MAIN, 'import', '--data', server.data, store.root])
  await waitUntil(() => manifests(server.data).length > 0, 60_000)
  command.kill('SIGKILL')
  const rest = await importInto(server.data, store.root).catch(async () => {
    // The first one may still be at its last package.
    await new Promise((resolve) => setTimeout(resolve, 3000))
    return await importInto(server.data, store.root)
  })
  expect(rest.before).toBeGreaterThanOrEqual(1000)
  expect(rest.stored + rest.before + rest.duplicates).toBe(count)
  expect(readdirSync(join(server.data, 'symbols/.symgate/staging'))).toEqual([])
  await expectServed(server, `f1199.pdb/${guid(1199)}1/f1199.pdb`, pdb(1199))
})

it('refuses what is no foreign tree', async () => {
  const server = await startServer()
  for (const folder of [server.data, join(server.data, 'symbols')]) {
    const { code, stderr } = await runSymgate(['import', '--data', server.data, folder])
    expect([code, stderr]).toMatchObject([1, /a store of this server/])
  }
  const { code, stderr } = await runSymgate(['import', '--data', server.data, '/nowhere/at/all'])
  expect([code, stderr]).toMatchObject([
    1,
    /cannot import \/nowhere\/at\/all: there is no such folder$/m,
  ])
  const bad = await runSymgate(['import', '--data', server.data, '--tag', 'x\ny', makeStore().root])
  expect([bad.code, bad.stderr]).toMatchObject([
    1,
    /tag: at most 1000 characters without control characters are allowed$/m,
  ])
  expect((await runSymgate(['import'])).code).toBe(2)
})

/** A dSYM's file of one architecture: a header and an LC_UUID. */
function dsym(uuid: string): Buffer {
  const words = [0xfeedfacf, 0x0100000c, 0, 10, 1, 24, 0, 0, 0x1b, 24]
  const head = Buffer.alloc(words.length * 4)
  for (const [index, word] of words.entries()) head.writeUInt32LE(word, index * 4)
  return Buffer.concat([head, Buffer.from(uuid, 'hex')])
}

const uuid = (digit: string): string => `4c4c44${digit.repeat(26)}`

// As version 10.2.4 wrote them for such files.
it.each<[string, Record<string, Buffer | string>]>([
  ['Windows', { [`app.pdb/${guid(1)}1/app.pdb`]: pdb(1), 'app.exe/5617D5638000/app.exe': pe }],
  [
    'macOS, a slice of a fat dSYM each',
    {
      [`libapp.dylib/${uuid('a')}/libapp.dylib`]: dsym(uuid('a')),
      [`libapp.dylib/${uuid('b')}/libapp.dylib`]: dsym(uuid('b')),
      [`App/${uuid('c')}/App`]: dsym(uuid('c')),
    },
  ],
  [
    'Crashpad',
    {
      [`prog/${guid(1)}0/prog.sym`]: sym(1),
      [`libapp.so.1/${guid(2)}0/libapp.so.1.sym`]: sym(2).replace('prog', 'libapp.so.1'),
      [`libapp.dylib/${guid(3)}0/libapp.dylib.sym`]: sym(3)
        .replace('Linux', 'mac')
        .replace('prog', 'libapp.dylib.dSYM'),
      [`app.pdb/${guid(4)}1c/app.sym`]: sym(4)
        .replace('Linux', 'windows')
        .replace(`${guid(4)}0 prog`, `${guid(4)}1c app.pdb`),
    },
  ],
])('what symbol-upload -l writes for %s is taken over, under its own paths', async (_, files) => {
  const root = tempDir()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  writeFileSync(join(root, 'index.txt'), '.')
  const server = await startServer()
  const outcome = await importInto(server.data, root)
  expect(outcome).toMatchObject({ stored: Object.keys(files).length, left_out: 0, rows: [] })
  for (const [path, content] of Object.entries(files))
    await expectServed(server, path, Buffer.from(content))
})

it('--reflink shares blocks with the tree, and a later change there is none here', async (context) => {
  const disk = reflinkDisk()
  if (disk === undefined) {
    process.stderr.write('SKIPPED: --reflink: no XFS can be made and mounted here\n')
    return context.skip()
  }
  const bytes = makePdb({ guid: guid(1), age: 1, size: 1 << 20, fill: true })
  const tree = join(disk, 'tree')
  mkdirSync(tree)
  writeFileSync(join(tree, 'app.pdb'), bytes)
  const isShared = (data: string): boolean => {
    const file = join(data, `symbols/app.pdb/${guid(1)}1/app.pdb`)
    execFileSync('sync', [file])
    return /\bshared\b/.test(execFileSync('filefrag', ['-v', file], { encoding: 'utf8' }))
  }
  const [copied, cloned] = [join(disk, 'copied'), join(disk, 'cloned')]
  const settings = ['--config', join(tempDir(), 'symgate.yaml')]
  writeFileSync(settings[1] ?? '', 'limits: { min_free_space: 0 }\n')
  expect(await importInto(copied, ...settings, tree)).toMatchObject({ stored: 1 })
  expect(isShared(copied)).toBe(false)
  expect(await importInto(cloned, ...settings, '--reflink', tree)).toMatchObject({ stored: 1 })
  expect(isShared(cloned)).toBe(true)

  writeFileSync(join(tree, 'app.pdb'), 'changed', { flag: 'r+' })
  const server = await startServer({ data: cloned })
  await expectServed(server, `app.pdb/${guid(1)}1/app.pdb`, bytes)
})
