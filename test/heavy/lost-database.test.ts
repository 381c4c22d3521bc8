import { randomInt } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeZip } from '../helpers/make-zip.ts'
import { openS3Server } from '../helpers/s3-server.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { numbered, sha256 } from './kill-work.ts'

const SMALL_BYTES = 12_000
const FILES_PER_UPLOAD = 1000
const SAMPLE = 500

const s3 = await openS3Server()

describe('a database that was deleted under a populated store', () => {
  it('of 10 000 files comes back by itself while hits are being served', async () => {
    expect(await loseDatabase({ log: { level: 'info' } }, 10_000)).toBeGreaterThan(0)
  })

  it.skipIf(s3 === undefined)('in a bucket, of 500 files, does too', async () => {
    if (s3 === undefined) return
    const store = {
      type: 's3',
      bucket: await s3.bucket(),
      endpoint: s3.endpoint,
      region: s3.region,
      access_key_id: s3.accessKeyId,
      secret_access_key: s3.secretAccessKey,
    }
    expect(await loseDatabase({ store, log: { level: 'info' } }, 500)).toBeGreaterThanOrEqual(0)
  })
})

/** Resolves the number of hits that were served while the index came back. */
async function loseDatabase(config: object, count: number): Promise<number> {
  const server = await startServer({ config })
  const token = await createToken(server, 'upload')
  for (let first = 0; first < count; first += FILES_PER_UPLOAD) {
    const files = Array.from({ length: Math.min(FILES_PER_UPLOAD, count - first) }, (_, index) =>
      numbered(first + index, SMALL_BYTES),
    )
    const body = makeZip(
      files.map(({ path, bytes }) => ({ name: path.split('/')[2] ?? '', data: bytes })),
    )
    const response = await fetch(`${server.url}/${token}/symbols`, { method: 'POST', body })
    expect(await response.json()).toMatchObject({ upload: { verdict: 'good' } })
  }
  await server.stop()
  for (const name of readdirSync(server.data))
    if (name.startsWith('symgate.db')) rmSync(join(server.data, name))

  const again = await startServer({ config, data: server.data })
  let hits = 0
  let early = 0
  const isDone = (): boolean => again.log().some(({ msg }) => msg === 'reindex done')
  await waitUntil(async () => {
    const answer = await ask(again, randomInt(count))
    expect(['hit', 'trouble']).toContain(answer)
    if (answer === 'hit') hits++
    if (answer === 'trouble') early++
    return isDone()
  }, 300_000)
  for (let asked = 0; asked < SAMPLE; asked++)
    expect(await ask(again, randomInt(count))).toBe('hit')
  console.log(`${count} files: ${hits} hits and ${early} early requests while the index came back`)
  expect(await again.stop()).toBe(0)
  return hits
}

/** `hit` for the right file, else why there is none. */
async function ask(server: RunningServer, number: number): Promise<string> {
  const { path, bytes } = numbered(number, SMALL_BYTES)
  const response = await fetch(`${server.url}/${path}`)
  const body = new Uint8Array(await response.arrayBuffer())
  if (response.status !== 200) return response.headers.get('x-symgate-miss') ?? 'nothing'
  return sha256(body) === sha256(bytes) ? 'hit' : 'wrong bytes'
}
