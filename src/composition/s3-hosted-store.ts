import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { HostedStore } from './hosted-store.ts'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'
import { PackageJournal } from '../storage/package-journal.ts'
import { Lease } from '../storage/s3/lease.ts'
import { S3Bucket } from '../storage/s3/s3-bucket.ts'
import { S3Records } from '../storage/s3/s3-records.ts'
import { S3Store } from '../storage/s3/s3-store.ts'
import { sweepUploads } from '../storage/s3/sweep-uploads.ts'
import { StagingArea } from '../storage/staging-area.ts'
import type { Logger } from '../telemetry/logger.ts'

/** Uploads in parts that are older than this were given up; whoever else writes below the prefix is done by then. */
const UPLOAD_LIFE_MS = 24 * 3600_000

/** How often they are looked for. */
const SWEEP_MS = 3600_000

/** How long a check waits for the service. */
const CHECK_MS = 5000

/** Opens a store in a bucket: takes the right to write it, unless it is only read, and cleans up what was given up. */
export async function openS3HostedStore(
  data: string,
  { s3, readOnly }: Extract<Config['store'], { type: 's3' }>,
  log: Logger,
): Promise<HostedStore> {
  const open = new S3Bucket(s3)
  await open.check()
  const staging = await StagingArea.open(join(data, 'staging')).catch((cause: unknown) => {
    throw new AppError('store_unusable', `cannot stage below ${data}: ${String(cause)}`, { cause })
  })
  const lease = readOnly
    ? undefined
    : await Lease.acquire({
        bucket: open,
        owner: await ownerOf(data),
        warn: (err) => log.error({ err }, 'lease of the bucket not renewed'),
      })
  const beforeWrite = async (): Promise<void> => {
    if (lease === undefined)
      throw new AppError('read_only', `${open.url} is only read here (store.read_only)`)
    await lease.assertHeld()
  }
  const bucket = new S3Bucket(s3, beforeWrite)
  const sweep = (): void => {
    sweepUploads(bucket, { beforeMs: Date.now() - UPLOAD_LIFE_MS }).then(
      (aborted) =>
        aborted > 0 && log.info({ aborted }, 'abandoned uploads into the bucket aborted'),
      (err: unknown) => log.warn({ err }, 'abandoned uploads into the bucket could not be aborted'),
    )
  }
  if (lease !== undefined) sweep()
  const sweeper = lease && setInterval(sweep, SWEEP_MS).unref()
  return {
    store: new S3Store(bucket, staging),
    journal: new PackageJournal(new S3Records(bucket)),
    isReadOnly: readOnly,
    check: async () => {
      await bucket.check(AbortSignal.timeout(CHECK_MS))
      await lease?.assertHeld()
    },
    close: async () => {
      clearInterval(sweeper)
      await lease
        ?.release()
        .catch((err: unknown) => log.warn({ err }, 'lease of the bucket not given back'))
      open.client.destroy()
      bucket.client.destroy()
    },
  }
}

/** The name of this data folder for other symgates, made when there is none. */
async function ownerOf(data: string): Promise<string> {
  const path = join(data, 'node-id')
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
  const id = randomUUID()
  await writeFile(path, `${id}\n`)
  return id
}
