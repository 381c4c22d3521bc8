import { isUtf8 } from 'node:buffer'
import { getFileNameLowLevel } from 'yauzl'
import type { Entry } from 'yauzl'
import { entryError } from './entry-error.ts'
import { parseEntryPath } from './entry-path.ts'

/** What a record of the central directory stands for. */
export type ZipMember =
  | { readonly kind: 'file' | 'folder'; readonly path: string }
  | { readonly kind: 'special'; readonly path: string; readonly reason: string }

const UTF8_FLAG = 0x800
/** Encrypted content, strong encryption, masked directory (APPNOTE 4.4.4). */
const ENCRYPTION_FLAGS = 0x1 | 0x40 | 0x2000

const STORED = 0
const DEFLATED = 8

/** Methods that real archives use, by name (APPNOTE 4.4.5). */
const METHOD_NAMES: Readonly<Record<number, string>> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  20: 'zstd',
  93: 'zstd',
  95: 'xz',
  98: 'PPMd',
}

const FILE_TYPE_MASK = 0o170000
const FOLDER_TYPE = 0o040000
const SPECIAL_TYPES: Readonly<Record<number, string>> = {
  0o010000: 'FIFO',
  0o020000: 'character device',
  0o060000: 'block device',
  0o120000: 'symbolic link',
  0o140000: 'socket',
}

/**
 * Judges a record by itself. Throws, naming the entry: `archive_hostile` for a path that leaves the
 * archive and for encrypted content, `unsupported_format` for a compression method that is not read
 * here, `archive_damaged` for stored content of two sizes.
 */
export function zipMember(record: Entry): ZipMember {
  const name = decodeName(record)
  const { path, folder } = parseEntryPath(name)
  // The Unix mode stands in the upper half, whichever system the archive says it comes from.
  const type = (record.externalFileAttributes >>> 16) & FILE_TYPE_MASK
  if (folder || type === FOLDER_TYPE) return { kind: 'folder', path }
  if ((record.generalPurposeBitFlag & ENCRYPTION_FLAGS) !== 0) {
    throw entryError('archive_hostile', name, 'encrypted')
  }
  const special = SPECIAL_TYPES[type]
  if (special !== undefined) return { kind: 'special', path, reason: special }
  const method = record.compressionMethod
  if (method !== STORED && method !== DEFLATED) {
    const methodName = METHOD_NAMES[method] ?? 'unknown'
    throw entryError(
      'unsupported_format',
      name,
      `compressed by method ${method} (${methodName}), which is not supported`,
    )
  }
  if (method === STORED && record.compressedSize !== record.uncompressedSize) {
    throw entryError('archive_damaged', name, 'stored without compression, but in two sizes')
  }
  return { kind: 'file', path }
}

function decodeName(record: Entry): string {
  const raw = record.fileNameRaw
  // The code page has pictures for control characters; shown as themselves they are refused.
  if (raw.some((byte) => byte < 0x20 || byte === 0x7f)) return raw.toString('latin1')
  // Many archivers on Unix write UTF-8 without saying so.
  const flags = record.generalPurposeBitFlag | (isUtf8(raw) ? UTF8_FLAG : 0)
  return getFileNameLowLevel(flags, raw, record.extraFields, true)
}
