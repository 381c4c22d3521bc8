import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import {
  createToken,
  runSymgate,
  startServer,
  waitUntil,
  type RunningServer,
} from '../helpers/server.ts'
import { canMount, smallDisk } from '../helpers/small-disk.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const MIB = 1 << 20

/** A look at a disk is believed for a second. */
const BELIEVED_MS = 1100

/** A PDB for every number; its payload does not matter. */
function pdb(number: number, size = 100_000): { path: string; bytes: Buffer } {
  const guid = number.toString(16).toUpperCase().padStart(32, 'A')
  return {
    path: `/f${number}.pdb/${guid}1/f${number}.pdb`,
    bytes: makePdb({ guid, age: 1, size }),
  }
}

/** An upstream that has every file whose number is at least a thousand: a thousandth of it in MiB large. */
async function numberedUpstream() {
  return await startUpstream((request, response) => {
    const number = Number(/f(\d+)\.pdb$/.exec(request.url ?? '')?.[1])
    if (!(number >= 1000)) return void response.writeHead(404).end()
    const { bytes } = pdb(number, Math.floor(number / 1000) * MIB)
    response.writeHead(200, { 'content-length': bytes.byteLength }).end(bytes)
  })
}

async function upload(
  server: RunningServer,
  token: string,
  number: number,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${server.url}/${token}/symbols?upload_file=f${number}.pdb`, {
    method: 'POST',
    body: pdb(number).bytes,
  })
  return { status: response.status, text: await response.text() }
}

async function get(
  server: RunningServer,
  { path }: { path: string },
): Promise<{ status: number; source: string | null; miss: string | null; size: number }> {
  const response = await fetch(server.url + path)
  return {
    status: response.status,
    source: response.headers.get('x-symgate-source'),
    miss: response.headers.get('x-symgate-miss'),
    size: (await response.arrayBuffer()).byteLength,
  }
}

const name = (number: number): string => `f${number}.pdb`

describe.skipIf(!canMount)('a disk', { timeout: 120_000 }, () => {
  it('that becomes low: uploads are refused, fills go through unkept, the cache makes room, and all heals', async () => {
    const disk = smallDisk(96)
    const upstream = await numberedUpstream()
    const server = await startServer({
      data: join(disk.path, 'data'),
      config: {
        limits: { min_free_space: '32MiB' },
        upstreams: [{ name: 'first', url: upstream.url }],
      },
    })
    const token = await createToken(server, 'upload')
    expect(await upload(server, token, 1)).toMatchObject({ status: 200 })
    expect(await get(server, pdb(1001, MIB))).toMatchObject({ status: 200 })
    await waitUntil(() => readdirSync(join(server.data, 'cache')).includes(name(1001)))

    disk.fill(24 * MIB)
    await waitUntil(async () => (await upload(server, token, 2)).status === 507)
    expect((await upload(server, token, 2)).text).toContain('limits.min_free_space')
    expect(await get(server, pdb(1))).toMatchObject({ status: 200, source: 'hosted' })
    await sleep(BELIEVED_MS)
    // Half of what is to stay free is for fills.
    for (let round = 0; round < 2; round++) {
      const answer = await get(server, pdb(4000, 4 * MIB))
      expect(answer).toMatchObject({ status: 200, source: 'upstream:first' })
      expect(answer.size).toBeGreaterThanOrEqual(4 * MIB)
    }
    expect(await get(server, pdb(20_000))).toMatchObject({ status: 404, miss: 'trouble' })
    await waitUntil(() => !readdirSync(join(server.data, 'cache')).includes(name(1001)))
    expect(readdirSync(join(server.data, 'cache/.symgate/staging/fills'))).toEqual([])

    disk.clear()
    await waitUntil(async () => (await upload(server, token, 2)).status === 200)
    await sleep(BELIEVED_MS)
    expect(await get(server, pdb(1002, MIB))).toMatchObject({ status: 200 })
    await waitUntil(() => readdirSync(join(server.data, 'cache')).includes(name(1002)))
    const words = server.log().map(({ msg }) => msg)
    expect(words).toContain('disk is low')
    expect(words).toContain('disk has room again')
  })

  it.each([
    ['a file', 'upload_file=f2.pdb', (bytes: Buffer) => bytes],
    ['a file that is kept first', 'upload_file=f2.pdb&async=1', (bytes: Buffer) => bytes],
    ['a zip', '', (data: Buffer) => makeZip([{ name: 'f2.pdb', data, method: 0 }])],
  ])('that becomes low while %s comes refuses it, and is never full', async (_, query, pack) => {
    const disk = smallDisk(64)
    const server = await startServer({
      data: join(disk.path, 'data'),
      config: { limits: { min_free_space: '24MiB' } },
    })
    const token = await createToken(server, 'upload')
    const body = pack(pdb(2, 80 * MIB).bytes)
    const url = `${server.url}/${token}/symbols?${query}`
    const response = await fetch(url, { method: 'POST', body })
    expect(response.status).toBe(507)
    expect(await response.text()).toContain('limits.min_free_space')
    expect(readdirSync(join(server.data, 'symbols/.symgate/staging'))).toEqual([])
    await waitUntil(async () => (await upload(server, token, 1)).status === 200)
  })

  it('that is full, for uploads, fills, database and log: what is there is served, the rest refused, and all heals', async () => {
    const disk = smallDisk(48)
    const upstream = await numberedUpstream()
    const log = openSync(join(disk.path, 'log'), 'a')
    onTestFinished(() => closeSync(log))
    const server = await startServer({
      data: join(disk.path, 'data'),
      config: {
        limits: { min_free_space: 0 },
        upstreams: [{ name: 'first', url: upstream.url }],
      },
      stderr: log,
    })
    const token = await createToken(server, 'upload')
    expect(await upload(server, token, 1)).toMatchObject({ status: 200 })
    disk.fill(0)
    for (let number = 10; number < 15; number++)
      expect(await upload(server, token, number)).toMatchObject({ status: 507 })
    for (let number = 8000; number < 8003; number++)
      expect(await get(server, pdb(number, 8 * MIB)).catch(() => 'cut')).not.toMatchObject({
        status: 500,
      })
    for (let number = 100; number < 150; number++)
      expect(await get(server, pdb(number))).toMatchObject({ status: 404 })
    expect(await get(server, pdb(1))).toMatchObject({ status: 200, source: 'hosted' })
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)

    disk.clear()
    expect(await upload(server, token, 2)).toMatchObject({ status: 200 })
    expect(await get(server, pdb(8000, 8 * MIB))).toMatchObject({ status: 200 })
    expect(readdirSync(join(server.data, 'symbols/.symgate/staging'))).toEqual([])
    expect(await server.stop()).toBe(0)
    const check = await runSymgate(['check', '--data', server.data])
    expect(check).toMatchObject({ code: 0 })
  })

  it('that can only be read: what is there is served, uploads are refused and leave nothing, and all heals', async () => {
    const disk = smallDisk(48)
    const store = join(disk.path, 'symbols')
    const server = await startServer({
      config: { store: { path: store }, limits: { min_free_space: 0 } },
    })
    const token = await createToken(server, 'upload')
    expect(await upload(server, token, 1)).toMatchObject({ status: 200 })
    execFileSync('mount', ['-o', 'remount,ro', disk.path])
    const refused = await upload(server, token, 2)
    expect(refused).toMatchObject({ status: 500 })
    expect(refused.text).toContain('the disk can only be read')
    expect(await get(server, pdb(1))).toMatchObject({ status: 200 })
    expect(await get(server, pdb(2))).toMatchObject({ status: 404 })
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
    execFileSync('mount', ['-o', 'remount,rw', disk.path])
    expect(await upload(server, token, 2)).toMatchObject({ status: 200 })
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  })
})

it('a damaged database is set aside and made anew from the store', async () => {
  const data = tempDir()
  const first = await startServer({ data })
  const token = await createToken(first, 'upload')
  expect(await upload(first, token, 1)).toMatchObject({ status: 200 })
  await first.stop()
  writeFileSync(join(data, 'symgate.db'), 'this is no database\n'.repeat(1000))
  const again = await startServer({ data })
  await waitUntil(() => again.log().some(({ msg }) => msg === 'reindex done'))
  expect(await get(again, pdb(1))).toMatchObject({ status: 200, source: 'hosted' })
  const told = again.log().find(({ msg }) => String(msg).startsWith('damaged database set aside'))
  expect(listFiles(data).map((path) => join(data, path))).toContain(told?.['aside'])
  expect(again.stdout()).toContain('The page:')
})

it('the limit of open files: some clients wait, nobody is told wrong, and all heals', async () => {
  const upstream = await numberedUpstream()
  const server = await startServer({
    config: { upstreams: [{ name: 'first', url: upstream.url }] },
    through: ['sh', '-c', 'ulimit -n 96; exec "$@"', 'sh'],
  })
  const token = await createToken(server, 'upload')
  expect(await upload(server, token, 1)).toMatchObject({ status: 200 })
  const flood = Array.from({ length: 300 }, async (_, number) => {
    const wanted = number % 2 === 0 ? pdb(1) : pdb(1000 + number, MIB)
    return await get(server, wanted).then(
      ({ status, miss }) => `${status} ${miss ?? ''}`.trim(),
      () => 'cut',
    )
  })
  const answers = new Set(await Promise.all(flood))
  expect([...answers].filter((answer) => !/^(?:200|404 trouble|cut)$/.test(answer))).toEqual([])
  await waitUntil(async () => {
    const answer = await get(server, pdb(1)).catch(() => undefined)
    return answer?.status === 200
  })
  expect(await get(server, pdb(2001, 2 * MIB))).toMatchObject({ status: 200 })
  expect(await upload(server, token, 2)).toMatchObject({ status: 200 })
})
