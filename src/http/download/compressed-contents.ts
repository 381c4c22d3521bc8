import type { IncomingMessage } from 'node:http'
import { AppError } from '../../lib/app-error.ts'
import type { DerivedFile, DerivedFiles, DerivedForm } from '../../lookup/derived-files.ts'
import type { FoundBlob } from '../../lookup/lookup.ts'
import type { ServingFill } from '../../lookup/serving-fill.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { acceptsGzip } from './accepts-gzip.ts'
import type { Content } from './content.ts'
import { gzipContent } from './gzip-content.ts'
import { isNotModified, type Validators } from './preconditions.ts'

/** A file that is stored, or arriving. */
type Answer = FoundBlob | { readonly kind: 'fill'; readonly fill: ServingFill }

/** A gzip twin of a larger file is made in the background, lest the client that came first give up waiting. */
const MAX_WAITED_BYTES = 64 << 20

/** Files compressed while they are sent, each with some hundred KiB of memory; beyond, they are sent plain. */
const MAX_STREAMS = 64

export interface CompressedContentsOptions {
  readonly derived: DerivedFiles
  /** What is sent with gzip. */
  readonly httpCompression: 'none' | 'text' | 'all'
  readonly log: Logger
}

/** The compressed forms in which a file can be sent. */
export class CompressedContents {
  readonly #options: CompressedContentsOptions
  #streams = 0

  constructor(options: CompressedContentsOptions) {
    this.#options = options
  }

  /** Whether answers for files of this kind depend on `Accept-Encoding`. */
  varies(kind: string): boolean {
    const { httpCompression } = this.#options
    return httpCompression === 'all' || (httpCompression === 'text' && isText(kind))
  }

  /**
   * A cabinet of the file, made if need be. Undefined when the file has gone; `stored` when it was
   * arriving, and another lookup is worth it now; `absent` where no cabinet can hold it.
   */
  async cabinet(
    answer: Answer,
    plain: Content,
  ): Promise<Content | 'stored' | 'absent' | 'trouble' | undefined> {
    const { derived, log } = this.#options
    try {
      if (answer.kind === 'fill') {
        await answer.fill.file.finalSize()
        return 'stored'
      }
      const made = await derived.make('cabinet', answer.blob, () => plain.open())
      return made && derivedContent('cabinet', made, plain)
    } catch (err) {
      if (err instanceof AppError && err.code === 'limit_exceeded') return 'absent'
      log.warn({ err, etag: plain.etag }, 'no cabinet made')
      return 'trouble'
    }
  }

  /**
   * The content as this client is to have it: with gzip where the client wants it and the settings allow
   * it, as it is for ranges and where a fill has to show first what it is. Undefined when it has gone.
   */
  async negotiate(
    answer: Answer,
    plain: Content,
    kind: string,
    { headers }: IncomingMessage,
  ): Promise<Content | undefined> {
    if (!this.varies(kind) || headers.range !== undefined) return plain
    if (!acceptsGzip(headers['accept-encoding'])) return plain
    // A Breakpad file gets its twin, with these bytes and no others, when it is stored.
    if (answer.kind === 'fill' && (kind === 'path' || isText(kind))) return plain
    const etag = etagOf('gzip', plain)
    const encoded = gzipContent(this.#counted(plain), etag)
    // 304 with the tag of whichever form the client has, and without making anything.
    if (isNotModified(headers, encoded)) return encoded
    if (isNotModified(headers, plain)) return plain
    if (answer.kind === 'blob' && isText(kind)) return await this.#twin(answer, plain)
    return this.#streams < MAX_STREAMS ? encoded : plain
  }

  async #twin({ blob }: FoundBlob, plain: Content): Promise<Content | undefined> {
    const { derived, log } = this.#options
    try {
      let twin = await derived.find('gzip', blob)
      if (twin === undefined) {
        const making = derived.make('gzip', blob, () => plain.open())
        if (blob.size > MAX_WAITED_BYTES) {
          making.catch((err: unknown) => log.warn({ err, key: blob.key }, 'no gzip twin made'))
          return plain
        }
        twin = await making
      }
      return twin && derivedContent('gzip', twin, plain)
    } catch (err) {
      log.warn({ err, key: blob.key }, 'no gzip twin made')
      return plain
    }
  }

  /** The content, counted among the streams for as long as it is open. */
  #counted(content: Content): Content {
    return {
      ...content,
      open: async (expected) => {
        const opened = await content.open(expected)
        if (opened === undefined) return undefined
        this.#streams++
        return {
          read: (target, position) => opened.read(target, position),
          close: () => {
            this.#streams--
            opened.close()
          },
        }
      },
    }
  }
}

/** Text files are those of Breakpad. */
function isText(kind: string): boolean {
  return kind === 'breakpad' || kind === 'breakpad-code'
}

function etagOf(form: DerivedForm, { etag }: Validators): string {
  return `${etag}-${form}`
}

function derivedContent(form: DerivedForm, made: DerivedFile, plain: Content): Content {
  return {
    etag: etagOf(form, plain),
    modifiedAtMs: plain.modifiedAtMs,
    ...(form === 'gzip' && { encoding: form }),
    size: made.size,
    finalSize: () => Promise.resolve(made.size),
    // Not what was made of a file that somebody has removed by hand.
    open: async () => {
      const source = await plain.open({ start: 0, end: 1 })
      source?.close()
      return source && (await made.open())
    },
  }
}
