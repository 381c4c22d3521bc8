import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '../lib/app-error.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { checkedStream } from './checked-stream.ts'
import { ExpansionRatio } from './expansion-ratio.ts'
import { limitExceeded } from './limit-exceeded.ts'

const CHUNK_BYTES = 128 * 1024

/**
 * Decompresses a gzip stream of any number of members; zeros after the last one end it.
 *
 * The stream fails with `archive_damaged` when the gzip is cut, altered (its CRC is checked) or no
 * gzip, with `limit_exceeded` beyond `maxExpandedBytes` in all or a bomb's ratio, and with the source's
 * own error when that fails. Destroying it, or its failing, destroys the source.
 */
export function gunzip(source: Readable, limits: ArchiveLimits): Readable {
  const inflate = createGunzip({ chunkSize: CHUNK_BYTES })
  const ratio = new ExpansionRatio()
  let compressedBytes = 0
  let expandedBytes = 0
  return checkedStream(source, inflate, {
    check(chunk) {
      expandedBytes += chunk.length
      if (expandedBytes > limits.maxExpandedBytes) {
        throw limitExceeded('maxExpandedBytes', limits, '')
      }
      const consumedBytes = inflate.bytesWritten
      ratio.add(consumedBytes - compressedBytes, chunk.length)
      compressedBytes = consumedBytes
    },
    damaged: (cause) =>
      new AppError('archive_damaged', `the gzip stream is damaged: ${cause.message}`, { cause }),
  })
}
