import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { detectFormat } from '../archives/detect-format.ts'
import { openZippedFile } from '../archives/open-zipped-file.ts'
import type { CabinetThreads } from '../cabinet/cabinet-threads.ts'
import { peekStream } from '../lib/peek-stream.ts'
import { randomBase32 } from '../lib/random-base32.ts'
import type { Semaphore } from '../lib/semaphore.ts'
import type { StagingFolder } from '../storage/blob-store.ts'
import { headFits } from '../symbols/head-fits.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { UpstreamAnswer } from '../upstream/upstream.ts'
import { bodyFault, type BodyFault } from './body-fault.ts'
import type { FillSpool } from './fill-spool.ts'
import { noRoom } from './no-room.ts'

type Found = Extract<UpstreamAnswer, { kind: 'found' }>

/** Enough for the magics of files, cabinets and zips. */
const MAGIC_BYTES = 64

/** A zip with more than a few entries is no compressed symbol file; its directory is read at most this far. */
const MAX_ZIP_ENTRIES = 16

export interface UnwrapOptions {
  readonly cabinets: CabinetThreads
  /** How many cabinets may be open at once: each has a thread, and some 30 MB of memory. */
  readonly cabinetPermits: Semaphore
  /** Where a zip is kept while it is read. */
  readonly staging: StagingFolder
  /** The room for it. */
  readonly spool: Pick<FillSpool, 'open'>
  readonly maxBytes: number
}

/**
 * The answer with its file decompressed: a cabinet (its first file) while it comes, a zip of one file
 * once it is there, anything else as it is. SymStore compresses by either, under the plain name too on
 * some servers (protocol.md §6.3), so the first bytes decide.
 */
export async function unwrapAnswer(
  answer: Found,
  path: SymbolPath,
  options: UnwrapOptions,
): Promise<Found | BodyFault> {
  try {
    const { head, stream } = await peekStream(answer.body, MAGIC_BYTES)
    const arriving = { ...answer, body: stream }
    if (headFits(head, path)) return arriving
    switch (detectFormat(head)) {
      case 'cab': {
        return await openCabinet(stream, options)
      }
      case 'zip':
        return await unzip(stream, options)
      default:
        return arriving
    }
  } catch (error) {
    answer.body.destroy()
    return bodyFault(error)
  }
}

/** Opens a cabinet when there is a turn for it, which lasts until its content is closed. */
function openCabinet(
  source: Readable,
  { cabinets, cabinetPermits }: UnwrapOptions,
): Promise<Found> {
  return new Promise((resolve, reject) => {
    cabinetPermits
      .run(async () => {
        const { file, content } = await cabinets.openFirstFile(source)
        const closed = once(content, 'close')
        resolve({ kind: 'found', body: content, size: file.size })
        await closed
      })
      // When the content has failed, whoever reads it knows; this tells of cabinets that were not opened.
      .catch(reject)
  })
}

async function unzip(
  body: Readable,
  { staging, spool, maxBytes }: UnwrapOptions,
): Promise<Found | BodyFault> {
  const name = randomBase32(16)
  const path = staging.path(name)
  const room = spool.open()
  const remove = async (): Promise<void> => {
    await staging.remove(name)
    room.release()
  }
  let hasRoom = true
  try {
    let bytes = 0
    const bounded = async function* (source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
      for await (const chunk of source) {
        bytes += chunk.byteLength
        if (bytes > maxBytes) throw new Error(`larger than limits.fill_size (${maxBytes} bytes)`)
        hasRoom = await room.take(chunk.byteLength)
        if (!hasRoom) throw new Error('no room')
        yield chunk
      }
    }
    await pipeline(body, bounded, createWriteStream(path, { flags: 'wx' }))
    const file = await openZippedFile(path, {
      maxEntries: MAX_ZIP_ENTRIES,
      maxEntryBytes: maxBytes,
      maxExpandedBytes: maxBytes,
    })
    if (file === undefined) {
      await remove()
      const cause = 'a zip that holds not one file'
      return { kind: 'mismatch', stage: 'conversion', blame: 'file', cause }
    }
    file.content.once('close', () => void remove().catch(() => {}))
    return { kind: 'found', body: file.content, size: file.size }
  } catch (error) {
    await remove()
    if (!hasRoom) return noRoom()
    throw error
  }
}
