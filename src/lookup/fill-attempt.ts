import { randomBytes } from 'node:crypto'
import type { BlobTable } from '../db/blob-table.ts'
import { FileReader } from '../lib/file-reader.ts'
import { randomBase32 } from '../lib/random-base32.ts'
import type { BlobStore, StagingFolder } from '../storage/blob-store.ts'
import { headFits } from '../symbols/head-fits.ts'
import { identify } from '../symbols/identify.ts'
import { identityKey } from '../symbols/identity.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import { verifyContent, type Verification } from '../symbols/verify-content.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { UpstreamAnswer } from '../upstream/upstream.ts'
import { GrowingFile } from './growing-file.ts'
import { receiveBody, type BodyFault } from './receive-body.ts'
import type { ServingFill } from './serving-fill.ts'

type Found = Extract<UpstreamAnswer, { kind: 'found' }>
type Verified = Exclude<Verification, { kind: 'mismatch' }>

export interface FillAttemptOptions {
  readonly store: BlobStore
  /** Where bodies arrive; in the store's filesystem. */
  readonly staging: StagingFolder
  readonly blobs: BlobTable
  readonly maxBytes: number
  /** Adds to a total that outlives the process. */
  readonly count: (event: string, amount: number) => void
  readonly metrics: Metrics
  readonly log: Logger
}

/**
 * Takes what one upstream sends for one path: receive, verify, release, keep.
 *
 * `serve` is called once when clients may be answered. Resolves undefined from then on, whatever becomes
 * of the rest (readers of the fill see a failure, nothing is kept), or the fault of a body that no
 * client has seen anything of, so that the next upstream can be asked.
 */
export async function attemptFill(
  answer: Found,
  upstream: string,
  path: SymbolPath,
  serve: (fill: ServingFill) => void,
  options: FillAttemptOptions,
): Promise<BodyFault | undefined> {
  const { staging, maxBytes, count, metrics, log } = options
  // The transfer may break before it is read; whoever reads it then sees that.
  answer.body.on('error', () => {})
  const name = randomBase32(16)
  const staged = staging.path(name)
  let file: GrowingFile
  try {
    file = await GrowingFile.create(staged)
  } catch (error) {
    answer.body.destroy()
    return { kind: 'trouble', cause: `cannot write to the cache: ${String(error)}` }
  }
  const fill = {
    file,
    etag: randomBytes(16).toString('hex'),
    startedAtMs: Date.now(),
    upstream,
    size: answer.size,
  }
  let served = false
  const announce = (): void => {
    if (!served) serve(fill)
    served = true
  }
  try {
    const fault = await receiveBody({
      ...answer,
      maxBytes,
      file,
      headFits: (head) => headFits(head, path),
      announce,
    })
    metrics.fillBytes.inc({ upstream }, file.written)
    count(`upstream.${upstream}.bytes`, file.written)
    const verified = fault ?? (await verify(staged, path))
    if ('cause' in verified) {
      if (!served) return verified
      log.warn(
        { upstream, path: path.storePath, fault: verified.kind, cause: verified.cause },
        'fill refused while it was served',
      )
      await file.fail(new Error(verified.cause))
      return undefined
    }
    if (verified.note !== undefined)
      log.info(
        { upstream, path: path.storePath, note: verified.note },
        'fill accepted with another id',
      )
    file.release(file.written)
    announce()
    await keep(staged, fill, path, verified, options)
    return undefined
  } finally {
    await file.fail(new Error('the fill was given up'))
    await staging.remove(name)
  }
}

async function verify(staged: string, path: SymbolPath): Promise<Verified | BodyFault> {
  await using reader = await FileReader.open(staged)
  const verification = verifyContent(await identify(reader, path.file), path)
  return verification
}

/** Stores a verified file. Its readers have it in any case: when storing fails it will be fetched again. */
async function keep(
  staged: string,
  fill: ServingFill,
  path: SymbolPath,
  { identities }: Verified,
  { store, blobs, log }: FillAttemptOptions,
): Promise<void> {
  try {
    await fill.file.sync()
    await store.publish([{ staged, key: path.storePath }])
    blobs.put({
      blob: {
        root: 'cache',
        key: path.storePath,
        kind: identities[0]?.kind ?? 'path',
        size: fill.file.written,
        etag: fill.etag,
        source: fill.upstream,
        modifiedAtMs: fill.startedAtMs,
      },
      identities: identities.map(identityKey),
    })
  } catch (err) {
    log.error({ err, path: path.storePath }, 'fill could not be kept')
  }
  await fill.file.complete()
}
