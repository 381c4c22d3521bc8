import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3'
import { onTestFinished } from 'vitest'
import type { S3Access } from './s3/s3-access.ts'
import { SUPERVISOR_SOCKET } from './s3/supervisor-socket.ts'

/** A real S3 server, with a client of the vendor's own SDK to look into it. */
export interface S3Server extends S3Access {
  readonly client: S3Client
  /** Makes an empty bucket, which is removed with all in it when the current test has finished. */
  bucket(): Promise<string>
  /** Deletes all objects of a bucket whose keys begin so. */
  removeObjects(bucket: string, prefix: string): Promise<void>
}

const PROGRAMS = ['ceph', 'ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'setpriv']
const CONNECT_MS = 100
const MAX_CONNECTS = 100

/**
 * The S3 server for tests: the one that `SYMGATE_TEST_S3` names (`http://KEY:SECRET@HOST:PORT`, with
 * `?region=` where it matters), else a Ceph radosgw in memory. It is started by whoever comes first, shared
 * by all test processes of the machine, and ends some seconds after the last of them. Undefined, and a line
 * on stderr, where radosgw is not installed.
 */
export async function openS3Server(): Promise<S3Server | undefined> {
  const access = named(process.env['SYMGATE_TEST_S3']) ?? (await shared())
  if (access === undefined) return undefined
  const client = new S3Client({
    endpoint: access.endpoint,
    region: access.region,
    credentials: access,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { httpAgent: { maxSockets: 1000 }, httpsAgent: { maxSockets: 1000 } },
  })
  return {
    ...access,
    client,
    bucket: async () => {
      const Bucket = `symgate-test-${randomUUID()}`
      await client.send(new CreateBucketCommand({ Bucket }))
      onTestFinished(() => removeBucket(client, Bucket))
      return Bucket
    },
    removeObjects: (bucket, prefix) => removeObjects(client, bucket, prefix),
  }
}

function named(text: string | undefined): S3Access | undefined {
  if (text === undefined || text === '') return undefined
  const url = new URL(text)
  return {
    endpoint: url.origin,
    region: url.searchParams.get('region') ?? 'us-east-1',
    accessKeyId: decodeURIComponent(url.username),
    secretAccessKey: decodeURIComponent(url.password),
  }
}

async function shared(): Promise<S3Access | undefined> {
  const missing = PROGRAMS.filter((name) => spawnSync(name, ['--version']).error !== undefined)
  if (missing.length > 0) {
    process.stderr.write(`SKIPPED: tests of S3: ${missing.join(', ')} not installed\n`)
    return undefined
  }
  for (let attempt = 1; attempt <= MAX_CONNECTS; attempt++) {
    const line = await ask()
    if (line !== undefined) {
      const answer = JSON.parse(line) as S3Access | { error: string }
      if ('error' in answer) throw new Error(`no S3 server: ${answer.error}`)
      return answer
    }
    if (attempt === 1) {
      const program = fileURLToPath(new URL('s3/supervisor.ts', import.meta.url))
      spawn(process.execPath, [program], { detached: true, stdio: 'ignore' }).unref()
    }
    await new Promise((resolve) => setTimeout(resolve, CONNECT_MS))
  }
  throw new Error('no S3 server: its process does not listen')
}

/** The first line that the supervisor says, or undefined when there is none. The connection stays until this process ends. */
function ask(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(SUPERVISOR_SOCKET)
    let text = ''
    socket.on('error', () => {})
    socket.once('close', () => resolve(undefined))
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (!text.endsWith('\n')) return
      socket.unref()
      resolve(text)
    })
  })
}

async function removeBucket(client: S3Client, Bucket: string): Promise<void> {
  await removeObjects(client, Bucket, '')
  await client.send(new DeleteBucketCommand({ Bucket }))
}

async function removeObjects(client: S3Client, Bucket: string, Prefix: string): Promise<void> {
  for await (const { Contents } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    const Objects = (Contents ?? []).map(({ Key }) => ({ Key }))
    if (Objects.length > 0)
      await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
  }
}
