import { createHash } from 'node:crypto'
import { readAt } from '../../lib/read-at.ts'
import { findElfSection } from '../../symbols/find-elf-section.ts'
import type { Content } from './content.ts'

/** Digits of the hash that tells sections apart in ETags, which take no names of any kind. */
const TAG_DIGITS = 16

/**
 * One section of a stored ELF file. `absent` where it has none with this name, or none with bytes; undefined
 * when the file has gone.
 */
export async function sectionContent(
  file: Content,
  section: string,
): Promise<Content | 'absent' | undefined> {
  const opened = await file.open()
  if (opened === undefined) return undefined
  try {
    const size = await file.finalSize()
    const read = (offset: number, length: number): Promise<Uint8Array> =>
      readAt(opened, offset, length)
    const range = await findElfSection({ size, read }, section)
    return range === undefined ? 'absent' : cut(file, section, range)
  } finally {
    opened.close()
  }
}

function cut(
  file: Content,
  section: string,
  { offset, size }: { readonly offset: number; readonly size: number },
): Content {
  const tag = createHash('sha256').update(section).digest('hex').slice(0, TAG_DIGITS)
  return {
    etag: `${file.etag}-section-${tag}`,
    modifiedAtMs: file.modifiedAtMs,
    size,
    finalSize: () => Promise.resolve(size),
    open: async () => {
      const opened = await file.open()
      return (
        opened && {
          read: (target, position) => {
            const left = Math.max(0, size - position)
            return opened.read(target.subarray(0, left), offset + position)
          },
          close: () => opened.close(),
        }
      )
    },
  }
}
