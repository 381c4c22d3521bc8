import { detectFormat } from '../archives/detect-format.ts'

/** What a single file can be compressed as. */
export type Wrapping = 'cab' | 'zip'

/** How the file `name` that begins with `head` is compressed: as a cabinet, whatever its name, or as a zip where SymStore's `_` ends it. */
export function wrappingOf(head: Uint8Array, name: string): Wrapping | undefined {
  const format = detectFormat(head)
  if (format === 'cab') return 'cab'
  return format === 'zip' && name.endsWith('_') ? 'zip' : undefined
}
