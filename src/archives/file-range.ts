import { Readable } from 'node:stream'
import type { ByteReader } from '../lib/byte-reader.ts'

const CHUNK_BYTES = 256 * 1024

/** Streams the bytes `[start, end)` of a source; shorter, without an error, where the source ends before. */
export function fileRange(source: ByteReader, start: number, end: number): Readable {
  let position = start
  const stream = new Readable({
    highWaterMark: CHUNK_BYTES,
    read() {
      source.read(position, Math.min(CHUNK_BYTES, end - position)).then(
        (chunk) => {
          position += chunk.length
          stream.push(chunk.length === 0 ? null : chunk)
        },
        (error: Error) => stream.destroy(error),
      )
    },
  })
  return stream
}
