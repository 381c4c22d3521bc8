import { createGzip } from 'node:zlib'
import type { Content, OpenContent } from './content.ts'

/** Compressed in passing, a file must not come slower than plain: higher levels gain little on symbol files. */
const LEVEL = 1

const READ_BYTES = 1 << 16
const CHUNK_BYTES = 1 << 16

/** The content with gzip, compressed while it is sent; its size is never known. */
export function gzipContent(plain: Content, etag: string): Content {
  return {
    etag,
    modifiedAtMs: plain.modifiedAtMs,
    encoding: 'gzip',
    size: undefined,
    finalSize: () => Promise.reject(new Error('its size is known only when it has been sent')),
    open: async () => {
      const source = await plain.open()
      return source && new GzippedContent(source)
    },
  }
}

/** Reads from the beginning on, whatever position is asked for: it is sent once and in order. */
class GzippedContent implements OpenContent {
  readonly #gzip = createGzip({ level: LEVEL, chunkSize: CHUNK_BYTES })
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)

  constructor(source: OpenContent) {
    this.#chunks = this.#gzip[Symbol.asyncIterator]()
    // Whoever reads sees it; it may come when nobody does any more.
    this.#gzip.on('error', () => {})
    this.#feed(source).catch((error: unknown) =>
      this.#gzip.destroy(error instanceof Error ? error : new Error(String(error))),
    )
  }

  async read(target: Uint8Array): Promise<number> {
    while (this.#rest.byteLength === 0) {
      const next = await this.#chunks.next()
      if (next.done === true) return 0
      this.#rest = next.value
    }
    const part = this.#rest.subarray(0, target.byteLength)
    target.set(part)
    this.#rest = this.#rest.subarray(part.byteLength)
    return part.byteLength
  }

  close(): void {
    this.#gzip.destroy()
  }

  async #feed(source: OpenContent): Promise<void> {
    try {
      const buffer = new Uint8Array(READ_BYTES)
      for (let position = 0; !this.#gzip.destroyed;) {
        const count = await source.read(buffer, position)
        if (count === 0) {
          this.#gzip.end()
          return
        }
        await this.#write(buffer.subarray(0, count))
        position += count
      }
    } finally {
      source.close()
    }
  }

  /** Resolves when the bytes are compressed, and their buffer can be used again. */
  #write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      // Closed while nobody takes what was compressed, it never calls back, and the source would stay open.
      const closed = (): void => reject(new Error('closed before its end'))
      this.#gzip.once('close', closed)
      this.#gzip.write(bytes, (error) => {
        this.#gzip.off('close', closed)
        if (error === null || error === undefined) return resolve()
        reject(error)
      })
    })
  }
}
