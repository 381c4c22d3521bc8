import type { ArchiveFormat } from './archive-format.ts'
import type { CompressionFormat } from './compression-format.ts'

const COMPRESSIONS: ReadonlySet<ArchiveFormat> = new Set(['bzip2', 'gzip', 'lzip', 'xz', 'zstd'])

/** Whether the format compresses one stream, so that `decompress` can take it off. */
export function isCompression(format: ArchiveFormat | undefined): format is CompressionFormat {
  return format !== undefined && COMPRESSIONS.has(format)
}
