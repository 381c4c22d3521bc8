import type { ArchiveFormat } from '../archives/archive-format.ts'

const WORDS: Readonly<Partial<Record<ArchiveFormat, string>>> = {
  '7z': 'a 7z archive',
  ar: 'an ar archive (a static library or a Debian package)',
  cab: 'a cabinet',
  iso: 'an ISO image',
}

/** An archive format in a sentence: `a zip archive`. */
export function formatWords(format: ArchiveFormat): string {
  return WORDS[format] ?? `a ${format} archive`
}
