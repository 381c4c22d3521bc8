import type { Readable } from 'node:stream'
import type { CompressionFormat } from './compression-format.ts'
import type { Expansion } from './expansion.ts'
import { gunzip } from './gunzip.ts'
import { filter } from './tools/filter.ts'
import { unzstd } from './unzstd.ts'

/**
 * Takes one layer of compression off a stream; the program that a format needs must be there
 * (`missingTool`). Fails as `gunzip`, `unzstd` and `filter` do.
 */
export function decompress(
  source: Readable,
  format: CompressionFormat,
  expansion: Expansion,
): Readable {
  switch (format) {
    case 'gzip':
      return gunzip(source, expansion)
    case 'zstd':
      return unzstd(source, expansion)
    case 'bzip2':
    case 'lzip':
    case 'xz':
      return filter(source, format, expansion)
  }
}
