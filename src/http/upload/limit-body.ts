import { Transform, type Readable } from 'node:stream'
import { AppError } from '../../lib/app-error.ts'

/**
 * The body, counted: it fails with `limit_exceeded` beyond `maxBytes` and with `upload_interrupted` when
 * the sender breaks off. `see` is told of every chunk.
 */
export function limitBody(
  body: Readable,
  maxBytes: number,
  see: (chunk: Buffer) => void,
): Readable {
  let received = 0
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.byteLength
      see(chunk)
      if (received > maxBytes) {
        done(
          new AppError(
            'limit_exceeded',
            `the upload is larger than limits.upload_size (${maxBytes} bytes)`,
          ),
        )
        return
      }
      done(null, chunk)
    },
  })
  // It may fail while the upload waits for its turn; whoever reads it then sees that.
  limited.on('error', () => {})
  const interrupted = (cause?: Error): void => {
    if (body.readableEnded) return
    limited.destroy(
      new AppError('upload_interrupted', 'the upload broke off before its end', { cause }),
    )
  }
  body.once('error', interrupted)
  body.once('close', () => interrupted())
  return body.pipe(limited)
}
