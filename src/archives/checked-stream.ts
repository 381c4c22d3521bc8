import { pipeline, Transform } from 'node:stream'
import type { Duplex, Readable } from 'node:stream'
import { asError } from './as-error.ts'
import { isZlibError } from './is-zlib-error.ts'

/** What has to hold for the bytes that come out of a decompression. */
export interface StreamChecks {
  /** Sees each chunk before it is let through; what it throws fails the stream. */
  check(chunk: Buffer): void
  /** Judges the whole at its end; what it throws fails the stream. */
  finish?(): void
  /** The error to fail with when the compressed data are cut or altered. */
  damaged(cause: Error): Error
}

/**
 * Streams `source` through a decompressor (undefined: as it is) and the checks. Destroying the stream,
 * or its failing, destroys the source; the source's own errors pass through.
 */
export function checkedStream(
  source: Readable,
  decompressor: Duplex | undefined,
  checks: StreamChecks,
): Readable {
  const checked = new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      try {
        checks.check(chunk)
      } catch (error) {
        done(asError(error))
        return
      }
      done(null, chunk)
    },
    flush(done): void {
      try {
        checks.finish?.()
      } catch (error) {
        done(asError(error))
        return
      }
      done()
    },
    destroy(error, done): void {
      done(isZlibError(error) ? checks.damaged(error) : error)
    },
  })
  // The pipeline tells every failure to the last stream, where the reader sees it. A reader who is away
  // when that happens must not take the process down.
  checked.on('error', () => {})
  const stages = decompressor === undefined ? [] : [decompressor]
  pipeline([source, ...stages, checked], () => {})
  return checked
}
