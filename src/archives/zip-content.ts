import { Readable } from 'node:stream'
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import type { Entry } from 'yauzl'
import type { ByteReader } from '../lib/byte-reader.ts'
import type { ArchiveBudget } from './archive-budget.ts'
import { checkedStream, type StreamChecks } from './checked-stream.ts'
import { entryError } from './entry-error.ts'
import type { ExpansionRatio } from './expansion-ratio.ts'
import { fileRange } from './file-range.ts'
import { isZlibError } from './is-zlib-error.ts'

const CHUNK_BYTES = 128 * 1024
// Beyond what a small entry says it holds, so that its end, or that it goes on, is seen in the same step.
const SPARE_BYTES = 64
const DEFLATED = 8
// Unfolded in one go, in less than a millisecond: each decompressor that streams leaves tens of kilobytes to be
// collected, which an archive of very many small entries makes hundreds of megabytes of.
const SMALL_BYTES = 64 * 1024

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

/**
 * Streams an entry's content, decompressed. Fails with `archive_damaged` when its size or CRC is not
 * what the directory says or it cannot be decompressed, with `limit_exceeded` beyond a limit or a
 * bomb's ratio.
 */
export function zipContent(options: ZipContentOptions): Readable {
  const { file, record, path, start, budget, ratio } = options
  const { compressedSize, uncompressedSize } = record
  const isSmall = Math.max(compressedSize, uncompressedSize) <= SMALL_BYTES
  // No larger than needed: each entry has a buffer of its own.
  const chunkSize = Math.min(CHUNK_BYTES, uncompressedSize + SPARE_BYTES)
  const inflate =
    record.compressionMethod === DEFLATED && !isSmall ? createInflateRaw({ chunkSize }) : undefined
  let compressedBytes = 0
  let expandedBytes = 0
  let crc = 0

  function damaged(problem: string, reason?: ErrorOptions): Error {
    return entryError('archive_damaged', path, problem, reason)
  }

  const checks: StreamChecks = {
    check(chunk) {
      expandedBytes += chunk.length
      crc = crc32(chunk, crc)
      budget.spend(chunk.length)
      const consumedBytes = isSmall ? compressedSize : (inflate?.bytesWritten ?? expandedBytes)
      ratio.add(consumedBytes - compressedBytes, chunk.length)
      compressedBytes = consumedBytes
      if (expandedBytes > record.uncompressedSize) throw damaged('it is longer than it says')
    },
    finish() {
      if (expandedBytes < record.uncompressedSize) throw damaged('it is shorter than it says')
      if (crc !== record.crc32) throw damaged('its checksum (CRC-32) is wrong')
    },
    damaged: (cause) => damaged(`it cannot be decompressed: ${cause.message}`, { cause }),
  }
  if (isSmall) return Readable.from(smallContent(options, checks), { objectMode: false })
  return checkedStream(fileRange(file, start, start + compressedSize), inflate, checks)
}

/** The content of a small entry in one piece, judged as that of a large one. */
async function* smallContent(
  { file, record, start }: ZipContentOptions,
  checks: StreamChecks,
): AsyncGenerator<Buffer, void, undefined> {
  const packed = Buffer.from(await file.read(start, record.compressedSize))
  const isDeflated = record.compressionMethod === DEFLATED
  const content = isDeflated ? inflated(packed, record.uncompressedSize, checks) : packed
  if (content.length > 0) {
    checks.check(content)
    yield content
  }
  checks.finish?.()
}

/** No more than a little beyond what the entry says it holds, which the checks then see. */
function inflated(packed: Buffer, declaredBytes: number, checks: StreamChecks): Buffer {
  const maxOutputLength = declaredBytes + SPARE_BYTES
  try {
    return inflateRawSync(packed, { chunkSize: maxOutputLength, maxOutputLength })
  } catch (error) {
    if (isZlibError(error)) throw checks.damaged(error)
    if (!(error instanceof RangeError)) throw error
    return Buffer.alloc(maxOutputLength)
  }
}
