import type { Identification } from '../identification.ts'
import type { Identity } from '../identity.ts'
import { breakpadGuid } from '../ids/breakpad-guid.ts'
import { unpaddedBuildIds } from '../ids/unpadded-build-ids.ts'
import { keys } from '../keys.ts'
import { accept } from './accept.ts'
import { BinaryView } from './binary-view.ts'
import { DamagedFile } from './damaged-file.ts'
import { readElf, type ElfFacts } from './read-elf.ts'
import type { PagedReader } from './paged-reader.ts'

const GUID_DIGITS = 32
/** SSQP pads shorter build-ids with zeros to the length of a SHA-1. */
const SSQP_DIGITS = 40

/**
 * Identifies an ELF file by its build-id: as image, as debug file, or as both when it was not stripped.
 * Skips relocatable objects, unless they have a build-id (kernel modules).
 */
export async function identifyElf(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const elf = await readElf(reader)
  const { arch, buildId } = elf
  const ids = buildId === undefined ? elf.textHashes : [buildId]
  if (ids === undefined) {
    if (elf.type === 'relocatable')
      return { status: 'skip', reason: 'an ELF object file without build-id' }
    throw new DamagedFile('the ELF file has no build-id, and no .text section to make one from')
  }
  const debugId = debugIdOf(ids[0] ?? '', elf.littleEndian)
  const identities = identitiesOf(ids.flatMap(spellingsOf), elf)
  return accept(
    {
      kind: 'elf',
      arch,
      debugId,
      codeId: buildId,
      buildId,
      identities: [...identities, ...identitiesOf(askedByDebugId(debugId, ids), elf)],
      paths: keys(identities, name),
    },
    name,
  )
}

/** As it is, and as SSQP pads it. */
function spellingsOf(id: string): readonly string[] {
  return [id, id.padEnd(SSQP_DIGITS, '0')]
}

/**
 * The build-id that paths by Breakpad's debug id ask for, where it is not one of these: of long ones the first 16
 * bytes, and of big-endian files others than theirs, since a path does not tell the byte order.
 */
function askedByDebugId(debugId: string, ids: readonly string[]): readonly string[] {
  const asked = breakpadGuid(debugId.slice(0, GUID_DIGITS)).toLowerCase()
  return unpaddedBuildIds(asked).some((id) => ids.includes(id)) ? [] : [asked]
}

/** Debug identities come first: SSQP files whatever has .debug_info as a debug file. */
function identitiesOf(buildIds: readonly string[], elf: ElfFacts): Identity[] {
  const isDebug = elf.hasDebugInfo || !elf.isImage
  return [
    ...(isDebug ? buildIds.map((buildId): Identity => ({ kind: 'elf-debug', buildId })) : []),
    ...(elf.isImage ? buildIds.map((buildId): Identity => ({ kind: 'elf', buildId })) : []),
  ]
}

/** Breakpad reads the first 16 bytes as a GUID in the file's byte order; the age is always 0. */
function debugIdOf(id: string, littleEndian: boolean): string {
  const bytes = Buffer.from(id.padEnd(GUID_DIGITS, '0').slice(0, GUID_DIGITS), 'hex')
  return `${new BinaryView(bytes, littleEndian).guid(0)}0`
}
