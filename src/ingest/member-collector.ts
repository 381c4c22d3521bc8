import type { ArchiveEntry } from '../archives/archive-entry.ts'
import type { CompressionFormat } from '../archives/compression-format.ts'
import { decompress } from '../archives/decompress.ts'
import { detectFormat } from '../archives/detect-format.ts'
import { Expansion } from '../archives/expansion.ts'
import { isCompression } from '../archives/is-compression.ts'
import { missingTool } from '../archives/missing-tool.ts'
import { AppError } from '../lib/app-error.ts'
import { peekStream, type PeekedStream } from '../lib/peek-stream.ts'
import { couldBeSymbol } from '../symbols/could-be-symbol.ts'
import { collectFile } from './collect-file.ts'
import type { CollectOptions } from './collect-options.ts'
import type { CollectedFile } from './collected-file.ts'
import { formatWords } from './format-words.ts'
import type { StagedFiles } from './staged-files.ts'
import { withoutExtension } from './without-extension.ts'

/** What is read of a member to tell what it is: enough for every magic and for a tar header. */
const HEAD_BYTES = 4096

/**
 * Takes in the members of one archive, one after the other. A compressed member counts as the file in
 * it; archives in the archive are not opened.
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
    const { head, stream } = await peekStream(await entry.open(), HEAD_BYTES)
    const format = couldBeSymbol(head) ? undefined : detectFormat(head)
    if (format === undefined)
      return await collectFile(
        { head, stream, path, name: path },
        this.#staged,
        this.#options.limits,
      )
    if (isCompression(format)) return await this.#collectCompressed(format, stream, path)
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
      return await collectFile({ ...peeked, path, name }, this.#staged, this.#options.limits)
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
}

async function skipArchive(
  stream: PeekedStream['stream'],
  path: string,
  what: string,
): Promise<CollectedFile> {
  // Read to its end all the same: an archive with a damaged member is a damaged archive.
  for await (const _ of stream);
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
