import type { Readable } from 'node:stream'
import type { ArchiveEntry } from '../archives/archive-entry.ts'
import type { CompressionFormat } from '../archives/compression-format.ts'
import { decompress } from '../archives/decompress.ts'
import { detectFormat } from '../archives/detect-format.ts'
import { Expansion } from '../archives/expansion.ts'
import { isCompression } from '../archives/is-compression.ts'
import { missingTool } from '../archives/missing-tool.ts'
import { AppError } from '../lib/app-error.ts'
import { borrowStream } from '../lib/borrow-stream.ts'
import { peekStream, type PeekedStream } from '../lib/peek-stream.ts'
import { couldBeSymbol } from '../symbols/could-be-symbol.ts'
import { plainName } from '../symbols/plain-name.ts'
import { baseName } from './base-name.ts'
import { collectFile } from './collect-file.ts'
import type { CollectOptions } from './collect-options.ts'
import type { CollectedFile } from './collected-file.ts'
import { formatWords } from './format-words.ts'
import type { StagedFiles } from './staged-files.ts'
import { unwrapFile } from './unwrap-file.ts'
import { withoutExtension } from './without-extension.ts'
import { wrappingOf, type Wrapping } from './wrapping-of.ts'

/** What is read of a file to tell what it is: enough for every magic and for a tar header. */
const HEAD_BYTES = 4096

/** What is read of a member: small ones as a whole, so that they are identified before they are written. */
const MEMBER_HEAD_BYTES = 64 << 10

/** What is wrong with a wrapped file itself, and not with the archive around it. */
const FILE_FAULTS: ReadonlySet<string> = new Set([
  'archive_damaged',
  'archive_hostile',
  'unsupported_format',
])

/**
 * Takes in the members of one archive, one after the other. A compressed member, also one wrapped into
 * a cabinet or zip of its own, counts as the file in it; archives in the archive are not opened.
 */
export class MemberCollector {
  readonly #staged: StagedFiles
  readonly #options: CollectOptions
  /** Of all compressed members together, so that many small bombs are one. */
  readonly #expansion: Expansion

  constructor(staged: StagedFiles, options: CollectOptions) {
    this.#staged = staged
    this.#options = options
    this.#expansion = new Expansion(options.limits)
  }

  /** Reads a member to its end. Throws what its content fails with, and `limit_exceeded`. */
  async collect(entry: ArchiveEntry): Promise<CollectedFile> {
    const { path } = entry
    if (entry.kind === 'special') return { kind: 'skipped', path, reason: entry.reason }
    const peeked = await peekStream(await entry.open(), MEMBER_HEAD_BYTES)
    const { head, stream } = peeked
    const format = couldBeSymbol(head) ? undefined : detectFormat(head)
    if (format === undefined)
      return await collectFile(
        { ...peeked, path, name: path, isAlone: false, clone: entry.clone },
        this.#staged,
        this.#options.limits,
      )
    if (isCompression(format)) return await this.#collectCompressed(format, stream, path)
    const wrapping = wrappingOf(head, path)
    if (wrapping !== undefined) return await this.#collectWrapped(wrapping, stream, path)
    return await skipArchive(stream, path, formatWords(format))
  }

  async #collectCompressed(
    format: CompressionFormat,
    stream: PeekedStream['stream'],
    path: string,
  ): Promise<CollectedFile> {
    const missing = missingTool(format, this.#options.tools)
    if (missing !== undefined) {
      for await (const _ of stream);
      return { kind: 'skipped', path, reason: `compressed by ${format}, and ${missing}` }
    }
    let memberFailure: unknown
    stream.once('error', (error) => (memberFailure = error))
    this.#expansion.enter(path)
    const expanded = decompress(stream, format, this.#expansion)
    try {
      const peeked = await peekStream(expanded, HEAD_BYTES)
      if (!couldBeSymbol(peeked.head)) return skipCompressed(format, peeked.head, path)
      const name = withoutExtension(path, format)
      return await collectFile(
        { ...peeked, path, name, isAlone: false },
        this.#staged,
        this.#options.limits,
      )
    } catch (error) {
      // Damage of the file itself, which the archive holds as it was put in, is the file's alone.
      const isOwn = error !== memberFailure && error instanceof AppError
      if (isOwn && error.code === 'archive_damaged') {
        return { kind: 'rejected', path, reason: error.message }
      }
      throw error
    } finally {
      expanded.destroy()
    }
  }

  /** Where a wrapped file is damaged in itself, it is one rejected row. */
  async #collectWrapped(
    wrapping: Wrapping,
    stream: Readable,
    path: string,
  ): Promise<CollectedFile> {
    // What goes wrong inside must leave the rest of the member readable.
    const inside = borrowStream(stream)
    const file = await this.#unwrap(wrapping, inside.stream, path).catch(
      (error: unknown): CollectedFile => {
        if (!(error instanceof AppError) || !FILE_FAULTS.has(error.code)) throw error
        return { kind: 'rejected', path, reason: error.message }
      },
    )
    // To its end: what is wrong with the member itself is wrong with the archive.
    await inside.drain()
    return file
  }

  async #unwrap(wrapping: Wrapping, source: Readable, path: string): Promise<CollectedFile> {
    const options = { ...this.#options, expansion: this.#expansion }
    const file = await unwrapFile(source, wrapping, this.#staged.next(), options)
    if (file.kind === 'several') return skippedArchive(path, formatWords(wrapping))
    try {
      const peeked = await peekStream(file.content, HEAD_BYTES)
      const name = plainName(baseName(path), baseName(file.member), peeked.head)
      return await collectFile(
        { ...peeked, path, name, isAlone: false },
        this.#staged,
        this.#options.limits,
      )
    } finally {
      await file.close()
    }
  }
}

async function skipArchive(
  stream: PeekedStream['stream'],
  path: string,
  what: string,
): Promise<CollectedFile> {
  // Read to its end all the same: an archive with a damaged member is a damaged archive.
  for await (const _ of stream);
  return skippedArchive(path, what)
}

function skippedArchive(path: string, what: string): CollectedFile {
  return { kind: 'skipped', path, reason: `${what} inside the archive is not opened` }
}

/** Not read on: what is of no use must not cost its decompression. */
function skipCompressed(format: CompressionFormat, head: Uint8Array, path: string): CollectedFile {
  const inner = detectFormat(head)
  if (inner === undefined) {
    return { kind: 'skipped', path, reason: `not a symbol file, compressed by ${format}` }
  }
  const reason = `${formatWords(inner)}, compressed by ${format}, inside the archive is not opened`
  return { kind: 'skipped', path, reason }
}
