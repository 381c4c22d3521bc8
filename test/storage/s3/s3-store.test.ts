import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { multipartUpload } from '../../../src/storage/s3/multipart-upload.ts'
import { S3Bucket } from '../../../src/storage/s3/s3-bucket.ts'
import type { S3Settings } from '../../../src/storage/s3/s3-settings.ts'
import { S3Store } from '../../../src/storage/s3/s3-store.ts'
import { sweepUploads } from '../../../src/storage/s3/sweep-uploads.ts'
import { StagingArea } from '../../../src/storage/staging-area.ts'
import { noise } from '../../helpers/noise.ts'
import { openS3Server } from '../../helpers/s3-server.ts'
import { s3Settings } from '../../helpers/s3-settings.ts'
import { tempDir } from '../../helpers/temp-dir.ts'
import { blobStoreContract } from '../blob-store-contract.ts'

const KEY = 'Crash.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/Crash.pdb'
const LARGE = 20_000_000

const s3 = await openS3Server()

describe.skipIf(s3 === undefined)('S3Store', () => {
  if (s3 === undefined) return
  const server = s3

  async function openStore(change: Partial<S3Settings> = {}) {
    const settings = { ...s3Settings(server, await server.bucket()), ...change }
    const bucket = new S3Bucket(settings)
    const staging = join(tempDir(), 'staging')
    const open = async () => new S3Store(bucket, await StagingArea.open(staging))
    return { store: await open(), reopen: open, bucket, settings }
  }
  type Opened = Awaited<ReturnType<typeof openStore>>

  blobStoreContract('S3Store', openStore)

  async function publish({ store }: Opened, id: string, bytes: Uint8Array, sha256?: string) {
    const folder = await store.stage(id)
    writeFileSync(folder.path('0'), bytes)
    await store.publish([{ staged: folder.path('0'), key: KEY, ...(sha256 && { sha256 }) }])
    return folder.path('0')
  }

  const raw = async ({ settings }: Opened, key: string): Promise<Buffer> => {
    const Key = settings.prefix + key
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: settings.bucket, Key }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }

  const uploads = async ({ settings }: Opened) =>
    (await s3.client.send(new ListMultipartUploadsCommand({ Bucket: settings.bucket }))).Uploads ??
    []

  it('keeps a plain SymStore tree below its prefix', async () => {
    const opened = await openStore()
    await publish(opened, 'p', Buffer.from('bytes'))
    const { Contents } = await s3.client.send(
      new ListObjectsV2Command({ Bucket: opened.settings.bucket }),
    )
    expect(Contents?.map(({ Key }) => Key)).toEqual([`sym/bols/${KEY}`])
    expect((await raw(opened, KEY)).toString()).toBe('bytes')
  })

  it.each(['when_required', 'when_supported'] as const)(
    'uploads large files in parts (checksums: %s) and reads any piece of them',
    async (checksums) => {
      const opened = await openStore({ checksums })
      const bytes = noise(LARGE)
      const staged = await publish(opened, 'p', bytes)
      expect(existsSync(staged)).toBe(false)
      expect(sha256(await raw(opened, KEY))).toBe(sha256(bytes))
      expect(await uploads(opened)).toEqual([])

      const blob = await opened.store.open(KEY)
      expect(blob?.sha256).toBe(sha256(bytes))
      for (const position of [0, 5, 19_999_990, 300_000, 300_010, 8_388_600, LARGE, LARGE + 5]) {
        const target = Buffer.alloc(100_000)
        const count = (await blob?.read(target, position)) ?? -1
        expect(target.subarray(0, count)).toEqual(bytes.subarray(position, position + count))
        expect(count > 0).toBe(position < LARGE)
      }
      blob?.close()
    },
  )

  it('reads an expected range and what lies beside it', async () => {
    const opened = await openStore()
    const bytes = noise(3_000_000)
    await publish(opened, 'p', bytes)
    const blob = await opened.store.open(KEY, { start: 1_000_000, end: 2_000_000 })
    const read: Buffer[] = []
    for (let position = 1_000_000; position < 3_000_000;) {
      const target = Buffer.alloc(70_000)
      const count = (await blob?.read(target, position)) ?? 0
      read.push(target.subarray(0, count))
      position += count
    }
    expect(Buffer.concat(read).equals(bytes.subarray(1_000_000))).toBe(true)
    blob?.close()
    const past = await opened.store.open(KEY, { start: 3_000_000, end: 3_000_001 })
    expect(await past?.read(Buffer.alloc(1), 3_000_000)).toBe(0)
    expect(await past?.read(Buffer.alloc(10), 7)).toBe(10)
    past?.close()
  })

  it('opens empty objects', async () => {
    const opened = await openStore()
    await publish(opened, 'p', Buffer.alloc(0))
    const blob = await opened.store.open(KEY)
    expect(await blob?.read(Buffer.alloc(5), 0)).toBe(0)
    blob?.close()
  })

  it('never goes on with another version than the one it began with', async () => {
    const opened = await openStore()
    await publish(opened, 'p', noise(3_000_000))
    const blob = await opened.store.open(KEY)
    await blob?.read(Buffer.alloc(10), 0)
    await publish(opened, 'q', Buffer.from(noise(3_000_000)).fill(1, 0, 5))
    await expect(blob?.read(Buffer.alloc(10), 2_000_000)).rejects.toThrow()
    blob?.close()
  })

  it.each([100, LARGE])(
    'leaves an object of %s bytes alone that is there already, and writes over what is something else',
    async (size) => {
      const opened = await openStore()
      const bytes = Buffer.from(noise(size))
      await publish(opened, 'p', bytes)
      const first = await opened.bucket.head(KEY)
      const staged = await publish(opened, 'q', bytes)
      expect((await opened.bucket.head(KEY))?.modifiedAtMs).toBe(first?.modifiedAtMs)
      expect(existsSync(staged)).toBe(false)
      const other = Buffer.from(bytes).fill(0, 0, 50)
      await publish(opened, 'r', other)
      expect(sha256(await raw(opened, KEY))).toBe(sha256(other))
      expect(await uploads(opened)).toEqual([])
    },
  )

  it('has the service refuse bytes that are not what they were, and leaves none of them', async () => {
    const opened = await openStore()
    const promised = sha256(Buffer.from('other bytes'))
    await expect(publish(opened, 'p', Buffer.from('bytes'), promised)).rejects.toThrow()
    expect(await opened.store.stat(KEY)).toBeUndefined()
  })

  it('aborts an upload in parts that fails in the middle', async () => {
    const opened = await openStore()
    const folder = await opened.store.stage('p')
    writeFileSync(folder.path('0'), noise(LARGE))
    const { client } = opened.bucket
    let parts = 0
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'UploadPartCommand' && ++parts === 2) throw new Error('cut')
          return await next(args)
        },
      { step: 'build' },
    )
    const publication = { staged: folder.path('0'), key: KEY }
    await expect(opened.store.publish([publication])).rejects.toThrow('cut')
    expect(await uploads(opened)).toEqual([])
    expect(await opened.store.stat(KEY)).toBeUndefined()
    // Again, and it goes through.
    await opened.store.publish([publication])
    expect((await opened.store.stat(KEY))?.size).toBe(LARGE)
  })

  it('does not write over an object that appears while a large one is sent', async () => {
    const opened = await openStore()
    const { bucket } = opened
    const bytes = noise(100)
    const outcome = await multipartUpload(bucket, {
      key: KEY,
      size: 100,
      sha256: sha256(bytes),
      condition: { ifNoneMatch: '*' },
      parts: [
        async (send) => {
          await send({ bytes, sha256: sha256(bytes) })
          await bucket.put(KEY, Buffer.from('faster'), { sha256: sha256(Buffer.from('faster')) })
        },
      ],
    })
    expect(outcome).toBe('refused')
    expect((await raw(opened, KEY)).toString()).toBe('faster')
    expect(await uploads(opened)).toEqual([])
  })

  it('sweeps what cut uploads have left, and nothing outside its prefix', async () => {
    const opened = await openStore()
    const { bucket: Bucket } = opened.settings
    for (const Key of [`sym/bols/${KEY}`, 'elsewhere/a'])
      await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    expect(await sweepUploads(opened.bucket, { beforeMs: 0 })).toBe(0)
    expect(await sweepUploads(opened.bucket, { beforeMs: Infinity })).toBe(1)
    expect((await uploads(opened)).map(({ Key }) => Key)).toEqual(['elsewhere/a'])
  })

  it('lists page by page, from any key on, without its own folder and what is no key', async () => {
    const opened = await openStore()
    const { bucket: Bucket } = opened.settings
    const names = ['+.pdb', ...Array.from({ length: 30 }, (_, index) => `f${index}.pdb`)]
    const internal = Array.from({ length: 1100 }, (_, index) => `.symgate/packages/${index}.json`)
    const put = (Key: string) =>
      s3.client.send(new PutObjectCommand({ Bucket, Key: `sym/bols/${Key}`, Body: 'x' }))
    const wanted = names.map((name) => `${name}/1/${name}`)
    await Promise.all([...wanted, ...internal, 'folder/', 'a//b'].map(put))
    const listed: string[] = []
    for await (const { key } of opened.store.list()) listed.push(key)
    expect(listed).toEqual(wanted.sort())
    const after: string[] = []
    for await (const { key } of opened.store.list(listed[9])) after.push(key)
    expect(after).toEqual(listed.slice(10))
  })

  it('says what is wrong with a bucket that it cannot use', async () => {
    const settings = s3Settings(s3, 'no-such-bucket')
    await expect(new S3Bucket(settings).check()).rejects.toThrow(
      `cannot use s3://no-such-bucket/sym/bols/ at ${s3.endpoint}: NoSuchBucket`,
    )
    const keys = { accessKeyId: s3.accessKeyId, secretAccessKey: 'wrong' }
    await expect(new S3Bucket({ ...settings, credentials: keys }).check()).rejects.toThrow(
      'SignatureDoesNotMatch',
    )
  })
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
