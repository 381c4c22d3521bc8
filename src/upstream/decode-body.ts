import { pipeline, Transform, type Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'

/** Content-Encodings that are asked for and decoded. */
export const ACCEPT_ENCODING = 'gzip, zstd'

/** Symbol files shrink to a tenth, sparse ones to a hundredth; what grows beyond this is a bomb. */
const MAX_GROWTH = 300

/** Up to here any growth is harmless. */
const FREE_BYTES = 64 << 20

/**
 * The body decoded, or undefined for an encoding that was not asked for; the body itself where nothing is
 * encoded. Whoever reads it sees when the transfer was cut, when its encoding is broken, and when it is a bomb.
 */
export function decodeBody(body: Readable, encoding: string): Readable | undefined {
  // The transfer may break before anybody reads; the reader finds the error all the same.
  body.on('error', () => {})
  switch (encoding) {
    case '':
    case 'identity':
      return body
    case 'gzip':
    case 'x-gzip':
      return decoded(body, createGunzip())
    case 'zstd':
      return decoded(body, createZstdDecompress())
    default:
      return undefined
  }
}

function decoded(body: Readable, decoder: Transform & { readonly bytesWritten: number }): Readable {
  let bytes = 0
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength
      if (bytes > FREE_BYTES && bytes > decoder.bytesWritten * MAX_GROWTH)
        return done(new Error(`it grows more than ${MAX_GROWTH} times when it is decoded`))
      done(null, chunk)
    },
  })
  // Whoever reads the decoded stream sees the error: it is destroyed with it.
  return pipeline(body, decoder, guard, () => {})
}
