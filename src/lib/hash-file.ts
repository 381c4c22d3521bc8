import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

const READ_BYTES = 1 << 20

/** Size in bytes and SHA-256 (lower-case hex) of a file, which is read in pieces. Rejects with the system's errors. */
export async function hashFile(path: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  const content = createReadStream(path, { highWaterMark: READ_BYTES })
  for await (const chunk of content as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.byteLength
  }
  return { size, sha256: hash.digest('hex') }
}
