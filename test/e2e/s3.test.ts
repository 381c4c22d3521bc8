import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  GetObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { curl } from '../helpers/curl.ts'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { openS3Server, type S3Server } from '../helpers/s3-server.ts'
import {
  createToken,
  runSymgate,
  startServer,
  type RunningServer,
  waitUntil,
} from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pathOf = (age: number): string => `App.pdb/${GUID}${age}/App.pdb`
/** Larger than what is kept in memory and sent in one request. */
const LARGE = 9_000_000
const pdb = (age: number, size = 0): Buffer =>
  makePdb({ guid: GUID, age, size, payload: Buffer.from(`age ${age}`) })

const s3 = await openS3Server()

describe.skipIf(s3 === undefined)('a store in a bucket', () => {
  if (s3 === undefined) return

  it('takes uploads, serves them, and survives a stop and the loss of its data folder', async () => {
    const config = await bucketConfig(s3)
    const server = await startServer({ config })
    const files = { 1: pdb(1), 2: pdb(2, LARGE) }
    expect(await upload(server, files)).toMatchObject({ verdict: 'good', stored: 2 })
    await expectFiles(server, files)
    expect((await curl(`${server.url}/readyz`)).status).toBe(200)

    const part = await fetch(`${server.url}/${pathOf(2)}`, {
      headers: { range: 'bytes=8000000-8000099' },
    })
    expect(part.status).toBe(206)
    expect(Buffer.from(await part.arrayBuffer())).toEqual(files[2].subarray(8_000_000, 8_000_100))
    const absent = await curl(`${server.url}/${pathOf(3)}`)
    expect([absent.status, absent.headers.get('x-symgate-miss')]).toEqual([404, 'absent'])
    expect(await server.stop()).toBe(0)

    // Nothing was kept in the data folder but the database.
    const elsewhere = await startServer({ config })
    await waitUntil(() => elsewhere.log().some(({ msg }) => msg === 'reindex done'))
    await expectFiles(elsewhere, files)
  })

  it('is a plain SymStore tree that others read directly, in SymStore’s casing', async () => {
    const config = await bucketConfig(s3)
    const server = await startServer({ config })
    await upload(server, { 10: pdb(10) })
    const { bucket: Bucket } = config.store
    // Backtrace's and BugSplat's connections ask for prefix/name/ID/file, GUID upper and age lower.
    const Key = `symbols/App.pdb/${GUID}a/App.pdb`
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket, Key }))
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(pdb(10))).toBe(true)
    const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket }))
    expect(
      Contents.map((object) => object.Key).filter((key) => !key?.includes('.symgate')),
    ).toEqual([Key])
  })

  it('has one owner: a second symgate is refused, until the first has stopped', async () => {
    const config = await bucketConfig(s3)
    const first = await startServer({ config })
    const second = await serveOnce(config)
    expect(second.code).toBe(2)
    expect(second.stderr).toMatch(
      /^symgate: s3:\/\/\S+\/symbols\/ at \S+ belongs to the symgate on \S+ \(pid \d+, since \S+\); with store\.read_only this one reads it\n$/,
    )
    // The same data folder after a kill: what it had is its own.
    await first.kill()
    const again = await startServer({ config, data: first.data })
    expect((await serveOnce(config)).code).toBe(2)
    await again.stop()
    const other = await startServer({ config })
    expect(await upload(other, { 1: pdb(1) })).toMatchObject({ verdict: 'good' })
  })

  it('is followed by readers, which write nothing', async () => {
    const config = await bucketConfig(s3)
    const owner = await startServer({ config })
    await upload(owner, { 1: pdb(1) })
    const store = { ...config.store, read_only: true, follow_every: '1s' }
    const reader = await startServer({ config: { store } })
    await waitUntil(async () => (await curl(`${reader.url}/${pathOf(1)}`)).status === 200)
    expect((await curl(`${reader.url}/readyz`)).status).toBe(200)
    const second = (await upload(owner, { 2: pdb(2), 3: pdb(3) })) as { id: string }
    await waitUntil(async () => (await curl(`${reader.url}/${pathOf(3)}`)).status === 200)
    await expectFiles(reader, { 1: pdb(1), 2: pdb(2), 3: pdb(3) })

    const token = await createToken(reader, 'upload')
    const refused = await fetch(`${reader.url}/${token}/symbols?upload_file=App.pdb`, {
      method: 'POST',
      body: pdb(4),
    })
    expect([refused.status, await refused.text()]).toEqual([
      403,
      expect.stringMatching(/read_only/),
    ])

    const admin = { authorization: `Bearer ${owner.adminToken}` }
    const gone = `${owner.url}/api/v1/uploads/${second.id}`
    expect((await fetch(gone, { method: 'DELETE', headers: admin })).ok).toBe(true)
    await waitUntil(
      async () =>
        (await curl(`${reader.url}/${pathOf(3)}`)).headers.get('x-symgate-miss') === 'absent',
    )
    await expectFiles(reader, { 1: pdb(1) })
  })

  it('that was filled by copying files from a folder serves them after a reindex, and the reverse', async () => {
    const local = await startServer()
    const files = { 1: pdb(1), 2: pdb(2, LARGE) }
    await upload(local, files)
    await local.stop()
    const config = await bucketConfig(s3)
    const { bucket: Bucket } = config.store
    const symbols = join(local.data, 'symbols')
    for (const name of listFiles(symbols)) {
      const Body = readFileSync(join(symbols, name))
      await s3.client.send(new PutObjectCommand({ Bucket, Key: `symbols/${name}`, Body }))
    }
    // The data folder stays, and knows the packages already.
    const moved = await startServer({ config, data: local.data })
    const yaml = join(tempDir(), 'symgate.yaml')
    writeFileSync(yaml, stringify(config))
    const { stdout } = await runSymgate(['reindex', '--data', local.data, '--config', yaml])
    expect(stdout).toBe('1 packages, 0 files of no package, 0 cached files\n')
    await expectFiles(moved, files)
    await upload(moved, { 3: pdb(3) })
    await moved.stop()

    const back = tempDir()
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: s3.client },
      { Bucket },
    )) {
      for (const { Key = '' } of Contents) {
        const { Body } = await s3.client.send(new GetObjectCommand({ Bucket, Key }))
        const path = join(back, Key)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, (await Body?.transformToByteArray()) ?? '')
      }
    }
    const again = await startServer({ data: back })
    await waitUntil(() => again.log().some(({ msg }) => msg === 'reindex done'))
    await expectFiles(again, { ...files, 3: pdb(3) })
  })

  it('answers 404 with trouble, never 403, when the service refuses it', async () => {
    const config = await bucketConfig(s3)
    const server = await startServer({ config })
    await upload(server, { 2: pdb(2, LARGE) })
    await s3.removeObjects(config.store.bucket, 'symbols/App.pdb')
    const answer = await curl(`${server.url}/${pathOf(2)}`)
    expect([answer.status, answer.headers.get('x-symgate-miss')]).toEqual([404, 'trouble'])
  })

  it('says what is wrong with the bucket', async () => {
    const config = await bucketConfig(s3)
    const wrong = { ...config, store: { ...config.store, bucket: 'no-such-bucket' } }
    const { code, stderr } = await serveOnce(wrong)
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^symgate: cannot use s3:\/\/no-such-bucket\/symbols\/ .*NoSuchBucket/),
    ])
  })
})

async function bucketConfig(server: S3Server) {
  const { endpoint, region, accessKeyId, secretAccessKey } = server
  return {
    store: {
      type: 's3',
      bucket: await server.bucket(),
      prefix: 'symbols',
      endpoint,
      region,
      access_key_id: accessKeyId,
      secret_access_key: secretAccessKey,
    },
  }
}

/** Starts a server that is expected to end by itself. */
async function serveOnce(config: object): Promise<{ code: number | null; stderr: string }> {
  const file = join(tempDir(), 'symgate.yaml')
  writeFileSync(file, stringify(config))
  const data = tempDir()
  return await runSymgate(['serve', '--listen', '127.0.0.1:0', '--data', data, '--config', file])
}

async function upload(
  server: RunningServer,
  files: Readonly<Record<number, Buffer>>,
): Promise<object> {
  const token = await createToken(server, 'upload')
  const body = makeZip(
    Object.entries(files).map(([age, data]) => ({ name: `${age}/App.pdb`, data })),
  )
  const response = await fetch(`${server.url}/${token}/symbols`, { method: 'POST', body })
  return ((await response.json()) as { upload: object }).upload
}

async function expectFiles(
  server: RunningServer,
  files: Readonly<Record<number, Buffer>>,
): Promise<void> {
  for (const [age, bytes] of Object.entries(files)) {
    const answer = await curl(`${server.url}/${pathOf(Number(age))}`)
    expect([age, answer.status, answer.body.equals(bytes)]).toEqual([age, 200, true])
  }
}
