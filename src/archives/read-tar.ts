import type { Readable } from 'node:stream'
import { ArchiveBudget } from './archive-budget.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { ByteSource } from './byte-source.ts'
import { entryError } from './entry-error.ts'
import { parseEntryPath } from './entry-path.ts'
import { TarMembers } from './tar-members.ts'
import type { TarMember } from './tar-members.ts'
import { TarPayload } from './tar-payload.ts'

/** Types whose size field is not followed by content, whatever it says. */
const HEADER_ONLY_TYPES = '123456'

const SPECIAL_REASONS: Readonly<Record<string, string>> = {
  1: 'hard link',
  2: 'symbolic link',
  3: 'character device',
  4: 'block device',
  6: 'FIFO',
}

/**
 * Reads a tar (v7, ustar, pax, GNU) as it streams, holding no more of it than the chunk at hand: an
 * entry must be read before the iteration goes on, and is passed over if it was not opened.
 *
 * Throws `archive_damaged`, `archive_hostile` (a path that leaves the archive), `unsupported_format`
 * (sparse and multi-volume members), `limit_exceeded`, or the source's own error. The source is
 * destroyed when the iteration ends, for whatever reason.
 */
export async function* readTar(
  stream: Readable,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const source = new ByteSource(stream)
  const members = new TarMembers(source)
  const budget = new ArchiveBudget(limits)
  let payload: TarPayload | undefined
  try {
    for (;;) {
      const member = await members.next()
      if (member === undefined) return
      const size = HEADER_ONLY_TYPES.includes(member.type) ? 0 : member.size
      budget.enter(member.name, size)
      payload = new TarPayload(source, budget, member.name, size)
      const entry = toEntry(member, payload)
      if (entry !== undefined) yield entry
      await payload.finish()
    }
  } finally {
    payload?.abandon()
    stream.destroy()
  }
}

/** The member as an entry, or undefined for folders and for what is no member of the tree. */
function toEntry(member: TarMember, payload: TarPayload): ArchiveEntry | undefined {
  const { name, type, size, sparse } = member
  if (type === 'V') return undefined // a volume label: its name is free text
  const { path, folder } = parseEntryPath(name)
  if (sparse) {
    throw entryError(
      'unsupported_format',
      name,
      'stored as a sparse file, which is not supported; pack it without --sparse',
    )
  }
  if (type === 'M') {
    throw entryError('unsupported_format', name, 'continues a member of another volume')
  }
  if (type === '5' || type === 'D') return undefined
  const special = SPECIAL_REASONS[type]
  if (special !== undefined) return { kind: 'special', path, reason: special }
  if (type !== '0' && type !== '7') {
    return { kind: 'special', path, reason: `unknown tar type ${JSON.stringify(type)}` }
  }
  if (folder) return undefined // how tars before ustar told folders
  return { kind: 'file', path, size, open: async () => payload.open() }
}
