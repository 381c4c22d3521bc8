import { Readable } from 'node:stream'
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import type { Entry } from 'yauzl'
import type { ByteReader } from '../lib/byte-reader.ts'
import { ownedChunks } from '../lib/owned-chunks.ts'
import type { ArchiveBudget } from './archive-budget.ts'
import { asError } from './as-error.ts'
import { checkedStream, type StreamChecks } from './checked-stream.ts'
import { entryError } from './entry-error.ts'
import type { ExpansionRatio } from './expansion-ratio.ts'
import { fileRange } from './file-range.ts'
import { isZlibError } from './is-zlib-error.ts'

const CHUNK_BYTES = 128 * 1024
/** Up to here content is decompressed in one step: for an archive of small files streams cost the most. */
const SMALL_BYTES = 64 * 1024
const DEFLATED = 8

/** Where an entry's content lies, and what the whole archive has spent so far. */
export interface ZipContentOptions {
  readonly file: ByteReader
  readonly record: Entry
  readonly path: string
  /** Offset of the content's first byte in the file. */
  readonly start: number
  readonly budget: ArchiveBudget
  readonly ratio: ExpansionRatio
}

/** What has to hold for an entry's content; `check` is also told how much of the archive the bytes came from. */
interface ContentChecks {
  check(chunk: Buffer, compressedBytes: number): void
  finish(): void
  tooLong(): Error
  damaged: StreamChecks['damaged']
}

/**
 * Streams an entry's content, decompressed. Fails with `archive_damaged` when its size or CRC is not
 * what the directory says or it cannot be decompressed, with `limit_exceeded` beyond a limit or a
 * bomb's ratio.
 */
export function zipContent(options: ZipContentOptions): Readable {
  const { compressedSize, uncompressedSize } = options.record
  const checks = contentChecks(options)
  return compressedSize <= SMALL_BYTES && uncompressedSize <= SMALL_BYTES
    ? atOnce(options, checks)
    : streamed(options, checks)
}

function atOnce({ file, record, start }: ZipContentOptions, checks: ContentChecks): Readable {
  const stream = new Readable({
    read() {
      file.read(start, record.compressedSize).then(
        (raw) => {
          try {
            const content = expand(raw, record, checks)
            checks.check(content, raw.byteLength)
            checks.finish()
            if (content.byteLength > 0) stream.push(content)
            stream.push(null)
          } catch (error) {
            stream.destroy(asError(error))
          }
        },
        (error: Error) => stream.destroy(error),
      )
    },
  })
  // A reader who is away when it fails must not take the process down.
  stream.on('error', () => {})
  return stream
}

function expand(raw: Uint8Array, record: Entry, checks: ContentChecks): Buffer {
  if (record.compressionMethod !== DEFLATED)
    return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  try {
    // zlib wants a limit above zero.
    return inflateRawSync(raw, { maxOutputLength: Math.max(1, record.uncompressedSize) })
  } catch (error) {
    if (isZlibError(error)) throw checks.damaged(error)
    if (error instanceof RangeError) throw checks.tooLong()
    throw error
  }
}

function streamed({ file, record, start }: ZipContentOptions, checks: ContentChecks): Readable {
  const raw = fileRange(file, start, start + record.compressedSize)
  const inflate =
    record.compressionMethod === DEFLATED ? createInflateRaw({ chunkSize: CHUNK_BYTES }) : undefined
  let consumedBytes = 0
  return checkedStream(raw, inflate, {
    check(chunk) {
      const before = consumedBytes
      consumedBytes = inflate?.bytesWritten ?? consumedBytes + chunk.length
      checks.check(chunk, consumedBytes - before)
      if (inflate !== undefined) ownedChunks.add(chunk)
    },
    finish: () => checks.finish(),
    damaged: (cause) => checks.damaged(cause),
  })
}

function contentChecks({ record, path, budget, ratio }: ZipContentOptions): ContentChecks {
  let expandedBytes = 0
  let crc = 0

  function damaged(problem: string, reason?: ErrorOptions): Error {
    return entryError('archive_damaged', path, problem, reason)
  }

  const tooLong = (): Error => damaged('it is longer than it says')

  return {
    check(chunk, compressedBytes) {
      expandedBytes += chunk.length
      crc = crc32(chunk, crc)
      budget.spend(chunk.length)
      ratio.add(compressedBytes, chunk.length)
      if (expandedBytes > record.uncompressedSize) throw tooLong()
    },
    finish() {
      if (expandedBytes < record.uncompressedSize) throw damaged('it is shorter than it says')
      if (crc !== record.crc32) throw damaged('its checksum (CRC-32) is wrong')
    },
    tooLong,
    damaged: (cause) => damaged(`it cannot be decompressed: ${cause.message}`, { cause }),
  }
}
