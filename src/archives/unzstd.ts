import type { Readable } from 'node:stream'
import { AppError } from '../lib/app-error.ts'
import { checkedStream } from './checked-stream.ts'
import type { Expansion } from './expansion.ts'
import { isZlibError } from './is-zlib-error.ts'
import { ZstdFrames } from './zstd-frames.ts'

/**
 * Decompresses a zstd stream of any number of frames (RFC 8878).
 *
 * The stream fails with `archive_damaged` when it is cut, altered (where it has a checksum) or goes on
 * with something else, with `limit_exceeded` when its window is larger than 128 MiB, with what
 * `expansion` throws, and with the source's own error. Destroying it, or its failing, destroys the source.
 */
export function unzstd(source: Readable, expansion: Expansion): Readable {
  const frames = new ZstdFrames()
  let compressedBytes = 0
  return checkedStream(source, frames, {
    check(chunk) {
      const { consumedBytes } = frames
      expansion.add(consumedBytes - compressedBytes, chunk.length)
      compressedBytes = consumedBytes
    },
    damaged(cause) {
      if (isZlibError(cause) && cause.code.endsWith('windowTooLarge')) {
        const problem =
          'the zstd stream needs a window of more than 128 MiB; pack it without --long'
        return new AppError('limit_exceeded', problem, { cause })
      }
      const problem = `the zstd stream is damaged: ${cause.message}`
      return new AppError('archive_damaged', problem, { cause })
    },
  })
}
