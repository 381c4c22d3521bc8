import type { Readable } from 'node:stream'
import type { ArchiveEntry } from '../archives/archive-entry.ts'
import type { ArchiveFormat } from '../archives/archive-format.ts'
import { decompress } from '../archives/decompress.ts'
import { detectFormat } from '../archives/detect-format.ts'
import { Expansion } from '../archives/expansion.ts'
import { isCompression } from '../archives/is-compression.ts'
import type { ArchiveLimits } from '../archives/archive-limits.ts'
import { missingTool } from '../archives/missing-tool.ts'
import { readByBsdtar } from '../archives/read-by-bsdtar.ts'
import { readTar } from '../archives/read-tar.ts'
import { readZip } from '../archives/read-zip.ts'
import { AppError } from '../lib/app-error.ts'
import { peekStream, type PeekedStream } from '../lib/peek-stream.ts'
import { writeStreamTo } from '../lib/write-stream-to.ts'
import { plainName } from '../symbols/plain-name.ts'
import { baseName } from './base-name.ts'
import type { CollectOptions } from './collect-options.ts'
import { diskFull } from './disk-full.ts'
import { openCabinet } from './open-cabinet.ts'
import { readCabinet } from './read-cabinet.ts'
import { withoutExtension } from './without-extension.ts'
import type { UploadPart } from './upload.ts'

/** What is read of a body to tell what it is: an ISO image says so after 32 KiB. */
const HEAD_BYTES = 36 << 10

/** Layers of compression around an archive: one of its own, one of the transfer (`Content-Encoding: gzip`). */
const MAX_LAYERS = 2

/** File of the staging folder that holds an archive while its members are read. */
const SPOOL = 'spool'

/** What a body is, compression taken off: an archive's members, or a single file. */
export type Unfolded =
  | { readonly kind: 'archive'; readonly entries: AsyncIterable<ArchiveEntry> }
  | ({
      readonly kind: 'file'
      /** As the uploader calls it, but for the extensions of compressed streams. */
      readonly path: string | undefined
      /** What it is called, after its own cabinet where it comes in one. */
      readonly name: string | undefined
    } & PeekedStream)

/**
 * Tells by its bytes what a body is. `file` is where it lies, if it is one on disk already, so that it
 * need not be copied. Throws `unsupported_format` for archives that are not read here, or not without a
 * program that is missing, which is named; otherwise what the readers throw.
 */
export async function unfold(
  part: UploadPart,
  options: CollectOptions,
  file?: string,
): Promise<Unfolded> {
  let stream = part.body
  let name = part.fileName
  for (let layer = 0; ; layer++) {
    const peeked = await peekStream(stream, HEAD_BYTES)
    const format = detectFormat(peeked.head)
    if (format === undefined) return { kind: 'file', path: name, name, ...peeked }
    const missing = missingTool(format, options.tools)
    if (missing !== undefined) {
      throw new AppError('unsupported_format', `the body is ${format}, and ${missing}`)
    }
    if (format === 'cab') return await unfoldCabinet(peeked.stream, name, options)
    if (!isCompression(format)) {
      const spool = layer === 0 && file !== undefined ? inPlace(file) : spooled(options)
      return { kind: 'archive', entries: readArchive(format, peeked.stream, spool, options.limits) }
    }
    if (layer === MAX_LAYERS) {
      const layers = `more than ${MAX_LAYERS} layers of compression`
      throw new AppError('unsupported_format', `the body is ${format} below ${layers}`)
    }
    stream = decompress(peeked.stream, format, new Expansion(options.limits))
    name = name === undefined ? undefined : withoutExtension(name, format)
  }
}

/** A cabinet of one file is this file; one of several is an archive. It is read while it comes. */
async function unfoldCabinet(
  source: Readable,
  path: string | undefined,
  { cabinets, limits }: CollectOptions,
): Promise<Unfolded> {
  const cabinet = await openCabinet(source, cabinets, new Expansion(limits))
  const [only, second] = cabinet.files
  if (only === undefined || second !== undefined) {
    return { kind: 'archive', entries: readCabinet(cabinet) }
  }
  try {
    const content = cabinet.open(only)
    content.once('close', () => void cabinet.close())
    const peeked = await peekStream(content, HEAD_BYTES)
    const name = plainName(path && baseName(path), baseName(only.name), peeked.head)
    return { kind: 'file', path, name, ...peeked }
  } catch (error) {
    await cabinet.close()
    throw error
  }
}

/** Reads an archive that has to lie on disk. */
type Spool = (
  stream: Readable,
  read: (path: string) => AsyncIterable<ArchiveEntry>,
) => AsyncIterable<ArchiveEntry>

function readArchive(
  format: ArchiveFormat,
  stream: Readable,
  spool: Spool,
  limits: ArchiveLimits,
): AsyncIterable<ArchiveEntry> {
  switch (format) {
    case 'tar':
      return readTar(stream, limits)
    case 'zip':
      return spool(stream, (path) => readZip(path, limits))
    case '7z':
    case 'cpio':
    case 'iso':
    case 'rar':
    case 'xar':
      return spool(stream, (path) => readByBsdtar(path, format, limits))
    default: {
      const readable = 'zip, tar, 7z, cab, cpio, iso, rar, xar'
      const compressed = 'gzip, zstd, xz, bzip2, lzip'
      throw new AppError(
        'unsupported_format',
        `the body is ${format}, which is not read: send ${readable}, or ${compressed} around a tar or a file`,
      )
    }
  }
}

function inPlace(file: string): Spool {
  return (stream, read) => {
    stream.destroy()
    return read(file)
  }
}

function spooled({ folder, proceed }: CollectOptions): Spool {
  return async function* (stream, read) {
    const path = folder.path(SPOOL)
    try {
      await writeStreamTo(path, stream, { flags: 'wx', proceed }).catch((error: unknown) => {
        throw diskFull(error)
      })
      yield* read(path)
    } finally {
      await folder.remove(SPOOL)
    }
  }
}
