import type { CompressionFormat } from '../archives/compression-format.ts'

const EXTENSIONS: Readonly<Record<CompressionFormat, RegExp>> = {
  bzip2: /\.bz2$/i,
  gzip: /\.gz$/i,
  lzip: /\.lz$/i,
  xz: /\.xz$/i,
  zstd: /\.zst$/i,
}

/** A compressed file's name without what its compression has added: `a.pdb.gz` is `a.pdb`. */
export function withoutExtension(name: string, format: CompressionFormat): string {
  return name.replace(EXTENSIONS[format], '')
}
