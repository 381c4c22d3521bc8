import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '../lib/app-error.ts'
import { checkedStream } from './checked-stream.ts'
import type { Expansion } from './expansion.ts'

const CHUNK_BYTES = 128 * 1024

/**
 * Decompresses a gzip stream of any number of members; zeros after the last one end it.
 *
 * The stream fails with `archive_damaged` when the gzip is cut, altered (its CRC is checked) or no
 * gzip, with what `expansion` throws, and with the source's own error when that fails. Destroying it, or
 * its failing, destroys the source.
 */
export function gunzip(source: Readable, expansion: Expansion): Readable {
  const inflate = createGunzip({ chunkSize: CHUNK_BYTES })
  let compressedBytes = 0
  return checkedStream(source, inflate, {
    check(chunk) {
      const consumedBytes = inflate.bytesWritten
      expansion.add(consumedBytes - compressedBytes, chunk.length)
      compressedBytes = consumedBytes
    },
    damaged: (cause) =>
      new AppError('archive_damaged', `the gzip stream is damaged: ${cause.message}`, { cause }),
  })
}
