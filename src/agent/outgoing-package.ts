import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createZstdCompress } from 'node:zlib'
import { writeTar, type TarMember } from '../archives/write-tar.ts'
import type { NamedFile } from './answered-rows.ts'
import type { LocalSymbol } from './local-file.ts'
import { nameFiles } from './name-files.ts'

const READ_BYTES = 1 << 20

export interface OutgoingOptions {
  readonly isCompressed: boolean
  /** Told of the bytes that are read of the files. */
  readonly read: (bytes: number) => void
  /** Told of the bytes that go over the wire. */
  readonly sent: (bytes: number) => void
}

type Member = TarMember & NamedFile

/** A package as the body of one request: a tar that is made while it is read, compressed by zstd. */
export class OutgoingPackage {
  readonly members: readonly Member[]
  readonly body: Readable
  readonly contentType: string
  readonly #options: OutgoingOptions
  #readBytes = 0
  #failure: { readonly file: LocalSymbol; readonly reason: string } | undefined

  constructor(files: readonly LocalSymbol[], options: OutgoingOptions) {
    this.#options = options
    this.members = nameFiles(files).map(({ path, file }) => ({
      file,
      path,
      size: file.bytesOnDisk,
      open: () => this.#content(file),
    }))
    const tar = Readable.from(writeTar(this.members), { objectMode: false })
    this.contentType = options.isCompressed ? 'application/zstd' : 'application/x-tar'
    this.body = Readable.from(this.#counted(options.isCompressed ? compressed(tar) : tar), {
      objectMode: false,
    })
  }

  /** How much of the files has been read. */
  get readBytes(): number {
    return this.#readBytes
  }

  /** The file that could not be read, or has another size by now, if that is what ended the body. */
  get failure(): { readonly file: LocalSymbol; readonly reason: string } | undefined {
    return this.#failure
  }

  async *#content(file: LocalSymbol): AsyncGenerator<Uint8Array, void, undefined> {
    let bytes = 0
    try {
      const stream = createReadStream(file.path, { highWaterMark: READ_BYTES })
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        bytes += chunk.byteLength
        this.#readBytes += chunk.byteLength
        this.#options.read(chunk.byteLength)
        if (bytes > file.bytesOnDisk) break
        yield chunk
      }
      if (bytes !== file.bytesOnDisk) throw new Error('it has changed while it was read')
    } catch (error) {
      this.#failure = { file, reason: error instanceof Error ? error.message : String(error) }
      throw error
    }
  }

  async *#counted(body: Readable): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      this.#options.sent(chunk.byteLength)
      yield chunk
    }
  }
}

function compressed(tar: Readable): Readable {
  const coder = createZstdCompress()
  // A failure of the tar is one of the coder, which its reader sees.
  pipeline(tar, coder, () => {})
  return coder
}
