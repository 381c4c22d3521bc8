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
import type { UpstreamAnswer, UpstreamRequest } from '../upstream/upstream.ts'
import type { BodyFault } from './body-fault.ts'
import { filedAnswer } from './filed-answer.ts'
import { GrowingFile } from './growing-file.ts'
import { receiveBody } from './receive-body.ts'
import type { ServingFill } from './serving-fill.ts'
import { unwrapAnswer, type UnwrapOptions } from './unwrap-answer.ts'

type Found = Extract<UpstreamAnswer, { kind: 'found' }>
type Verified = Exclude<Verification, { kind: 'mismatch' }>

export interface FillAttemptOptions extends UnwrapOptions {
  readonly store: BlobStore
  /** Where bodies arrive; in the store's filesystem. */
  readonly staging: StagingFolder
  readonly blobs: BlobTable
  /** Told when a file has been added to the cache, with its index keys, and when one was not kept for want of space. */
  readonly onKept: (identities: readonly string[], upstream: string) => void
  readonly onDropped: () => void
  readonly metrics: Metrics
  readonly log: Logger
}

/** What came of one body. */
interface AttemptResult {
  readonly fault: BodyFault | undefined
  readonly served: boolean
  /** What was received, decoded. */
  readonly bytes: number
}

/**
 * Takes what one upstream sends for one request: decompress, receive, verify, release, keep.
 *
 * `serve` is called once when clients may be answered. Resolves the fault of the body, if it has one, and
 * whether clients were answered before: then readers of the fill see a failure, otherwise the next
 * upstream can be asked. Nothing faulty is kept.
 */
export async function attemptFill(
  sent: Found,
  upstream: string,
  request: Pick<UpstreamRequest, 'path' | 'acceptsMsfz'>,
  serve: (fill: ServingFill) => void,
  options: FillAttemptOptions,
): Promise<AttemptResult> {
  const { staging, spool, maxBytes, metrics, log } = options
  const unwrapped = await unwrapAnswer(sent, request.path, options)
  if ('cause' in unwrapped) return { fault: unwrapped, served: false, bytes: 0 }
  const filed = await filedAnswer(unwrapped, request)
  if ('cause' in filed) return { fault: filed, served: false, bytes: 0 }
  const { answer, path } = filed
  // The transfer may break before it is read; whoever reads it then sees that.
  answer.body.on('error', () => {})
  const name = randomBase32(16)
  const staged = staging.path(name)
  let file: GrowingFile
  try {
    file = await GrowingFile.create(staged)
  } catch (error) {
    answer.body.destroy()
    const cause = `cannot write to the cache: ${String(error)}`
    return {
      fault: { kind: 'trouble', stage: 'download', blame: 'beyond', cause },
      served: false,
      bytes: 0,
    }
  }
  const room = spool.open()
  void file.closed.then(() => room.release())
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
      room,
      headFits: (head) => headFits(head, path),
      announce,
    })
    const bytes = file.written
    metrics.fillBytes.inc({ upstream }, bytes)
    const verified = fault ?? (await verify(staged, path))
    if ('cause' in verified) {
      const { kind, cause } = verified
      if (!served) return { fault: verified, served, bytes }
      log.warn(
        { upstream, path: path.storePath, fault: kind, cause },
        'fill refused while it was served',
      )
      await file.fail(new Error(cause))
      return { fault: verified, served, bytes }
    }
    if (verified.note !== undefined)
      log.info(
        { upstream, path: path.storePath, note: verified.note },
        'fill accepted with another id',
      )
    file.release(file.written)
    announce()
    if (room.isKept) await keep(staged, fill, path, verified, options)
    else {
      log.info({ upstream, path: path.storePath }, 'fill not kept, for the disk is low')
      options.onDropped()
    }
    await file.complete()
    return { fault: undefined, served, bytes }
  } finally {
    await file.fail(new Error('the fill was given up'))
    await staging.remove(name)
  }
}

async function verify(staged: string, path: SymbolPath): Promise<Verified | BodyFault> {
  await using reader = await FileReader.open(staged)
  const verification = verifyContent(await identify(reader, path.file), path)
  if (verification.kind !== 'mismatch') return verification
  return { ...verification, stage: 'verification', blame: 'file' }
}

/** Stores a verified file. Its readers have it in any case: when storing fails it will be fetched again. */
async function keep(
  staged: string,
  fill: ServingFill,
  path: SymbolPath,
  { identities }: Verified,
  { store, blobs, onKept, log }: FillAttemptOptions,
): Promise<void> {
  try {
    await fill.file.sync()
    await store.publish([{ staged, key: path.storePath }])
    const ids = identities.map(identityKey)
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
      identities: ids,
    })
    onKept(ids, fill.upstream)
  } catch (err) {
    log.error({ err, path: path.storePath }, 'fill could not be kept')
  }
}
