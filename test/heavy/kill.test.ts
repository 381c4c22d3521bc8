import { createHash, randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, startServer, type RunningServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const ROUNDS = 20
const FILES_PER_UPLOAD = 12
const FILE_BYTES = 200_000

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A PDB of its own for every number, told apart by its GUID. */
function numbered(number: number): { path: string; bytes: Buffer } {
  const guid = number.toString(16).toUpperCase().padStart(8, '0') + '0A44FC878E5A2D63B6CC4B12'
  const name = `file${number}.pdb`
  return {
    path: `${name}/${guid}1/${name}`,
    bytes: makePdb({ guid, age: 1, size: FILE_BYTES, payload: Buffer.alloc(5000, number) }),
  }
}

/** Uploads packages one after the other until the server dies; remembers the sha256 of every file that was acknowledged. */
async function uploadUntilKilled(
  server: RunningServer,
  token: string,
  next: () => number,
  acknowledged: Map<string, string>,
): Promise<void> {
  for (;;) {
    const files = Array.from({ length: FILES_PER_UPLOAD }, () => numbered(next()))
    const body = makeZip(
      files.map(({ path, bytes }) => ({ name: path.split('/')[2] ?? '', data: bytes })),
    )
    try {
      const response = await fetch(`${server.url}/${token}/symbols`, { method: 'POST', body })
      const { upload } = (await response.json()) as { upload: { stored: number } }
      expect(upload.stored).toBe(FILES_PER_UPLOAD)
      for (const { path, bytes } of files) acknowledged.set(path, sha256(bytes))
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return
      throw error
    }
  }
}

/** Fetches through the upstream until the server dies; whatever comes whole must be right. */
async function fillUntilKilled(server: RunningServer, next: () => number): Promise<void> {
  for (;;) {
    const { path, bytes } = numbered(next())
    try {
      const response = await fetch(`${server.url}/${path}`)
      const body = Buffer.from(await response.arrayBuffer())
      expect([response.status, body.equals(bytes)]).toEqual([200, true])
    } catch (error) {
      if (error instanceof TypeError) return
      throw error
    }
  }
}

it('20 kills at random moments of uploads and fills lose nothing that was acknowledged and leave nothing half', async () => {
  const upstream = await startUpstream((request, response) => {
    const number = Number(/file(\d+)/.exec(request.url ?? '')?.[1])
    const { bytes } = numbered(number)
    response.writeHead(200, { 'content-length': bytes.byteLength })
    response.write(bytes.subarray(0, 100_000), () =>
      setTimeout(() => response.end(bytes.subarray(100_000)), randomInt(20)),
    )
  })
  const config = { upstreams: [{ name: 'first', url: upstream.url }], log: { level: 'error' } }
  const data = tempDir()
  const acknowledged = new Map<string, string>()
  let uploaded = 0
  let filled = 1_000_000
  let server = await startServer({ data, config })
  const token = await createToken(server, 'upload')

  for (let round = 0; round < ROUNDS; round++) {
    const work = [
      uploadUntilKilled(server, token, () => uploaded++, acknowledged),
      uploadUntilKilled(server, token, () => uploaded++, acknowledged),
      fillUntilKilled(server, () => filled++),
      fillUntilKilled(server, () => filled++),
    ]
    await new Promise((resolve) => setTimeout(resolve, randomInt(50, 1200)))
    await server.kill()
    await Promise.all(work)
    server = await startServer({ data, config })
    expect(readdirSync(join(data, 'symbols/.symgate/staging'))).toEqual([])
    expect(readdirSync(join(data, 'cache/.symgate/staging/fills'))).toEqual([])
    await expectWhole(server, data, acknowledged)
  }
  console.log(
    `${acknowledged.size} acknowledged uploads and ${filled - 1_000_000} fills over ${ROUNDS} kills`,
  )
  expect(acknowledged.size).toBeGreaterThan(ROUNDS)
})

async function expectWhole(
  server: RunningServer,
  data: string,
  acknowledged: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [path, expected] of acknowledged) {
    const response = await fetch(`${server.url}/${path}`)
    expect([path, response.status]).toEqual([path, 200])
    expect(response.headers.get('x-symgate-source')).toBe('hosted')
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(expected)
  }
  for (const root of ['symbols', 'cache']) {
    for (const name of listFiles(join(data, root))) {
      if (name.startsWith('.symgate/')) continue
      const { bytes } = numbered(Number(/file(\d+)/.exec(name)?.[1]))
      expect([name, sha256(readFileSync(join(data, root, name)))]).toEqual([name, sha256(bytes)])
    }
  }
}
