import { entryError } from './entry-error.ts'

const MAX_PATH_BYTES = 4096 // PATH_MAX of Linux; longer names are made to hurt

/** A path that stays below the folder it is put in. */
export interface EntryPath {
  /** Segments joined by `/`, without empty and `.` ones; empty only for the archive's own root (`./`). */
  readonly path: string
  /** Whether the stored form can only mean a folder (it ends with a separator or `.`). */
  readonly folder: boolean
}

/**
 * Parses an entry's stored name, with `\` as a separator like `/`. Throws `archive_hostile`, naming the
 * entry, when it is empty, absolute (`/x`, `\\server\x`, `C:x`), climbs by `..`, holds a control
 * character or is longer than 4096 bytes.
 */
export function parseEntryPath(stored: string): EntryPath {
  if (stored === '') throw entryError('archive_hostile', stored, 'the name is empty')
  if (Buffer.byteLength(stored) > MAX_PATH_BYTES) {
    throw entryError('archive_hostile', stored, `the name is longer than ${MAX_PATH_BYTES} bytes`)
  }
  if (/\p{Cc}/u.test(stored)) {
    throw entryError('archive_hostile', stored, 'the name holds a control character')
  }
  if (/^(?:[/\\]|[A-Za-z]:)/.test(stored)) {
    throw entryError('archive_hostile', stored, 'the path is absolute')
  }
  const segments = stored.split(/[/\\]/)
  if (segments.includes('..')) {
    throw entryError('archive_hostile', stored, 'the path climbs out of the archive by ".."')
  }
  const last = segments.at(-1)
  return {
    path: segments.filter((segment) => segment !== '' && segment !== '.').join('/'),
    folder: last === '' || last === '.',
  }
}
