/** The id segment of a symbol path, by its grammar alone; only the name tells what bare digits mean. */
export type SymbolId =
  /** Bare hex digits, lower case: GUID and age, timestamp and size, signature and age, a build-id, a hash. */
  | { readonly kind: 'hex'; readonly digits: string }
  /** SSQP's ELF keys: a build-id of whole bytes, lower case, perhaps padded with zeros. */
  | { readonly kind: 'elf' | 'elf-debug'; readonly buildId: string }
  /** SSQP's Mach-O keys: 32 digits, upper case. */
  | { readonly kind: 'macho' | 'macho-debug'; readonly uuid: string }
  /** An id that says nothing of the file's own content, lower case. */
  | { readonly kind: 'opaque'; readonly text: string }
  /** Zeros or F's alone: what crash reporters send for modules without an id. */
  | { readonly kind: 'bogus' }

/** From a PDB 2.00 signature without age to a build-id of 64 bytes. */
const BARE = /^[\da-f]{8,128}$/
const DASHED_GUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}-?[\da-f]{0,8}$/
const ELF = /^elf-buildid-(sym-)?((?:[\da-f]{2}){1,64})$/
const MACHO = /^mach-uuid-(sym-)?([\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12})$/
/** Keys of SSQP by another module's id (CLR helpers), by a hash of sources, by a perf map's signature; our own of debuginfod's sources. */
const OPAQUE =
  /^(?:(?:elf-buildid|mach-uuid)-coreclr-[\da-f]{2,128}|sha1-[\da-f]{40}|debuginfod-source-[\da-f]{40}|r2rmap-v\d{1,4}-[\da-f]{8,64})$/
const MAX_LENGTH = 160 // the longest of these, with its prefix and dashes

/** Digits of a GUID; behind it stands only an age, which is no help when the GUID says nothing. */
const GUID_DIGITS = 32

/** Reads the id of a symbol path (SSQP key conventions, SymStore, Breakpad); undefined when it fits no grammar. */
export function parseSymbolId(text: string): SymbolId | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const id = text.toLowerCase()
  if (BARE.test(id)) return isBogus(id) ? { kind: 'bogus' } : { kind: 'hex', digits: id }
  if (DASHED_GUID.test(id)) return parseSymbolId(id.replaceAll('-', ''))
  const [elf, elfPart, buildId = ''] = ELF.exec(id) ?? []
  if (elf !== undefined) {
    const kind = elfPart === undefined ? 'elf' : 'elf-debug'
    return isBogus(buildId) ? { kind: 'bogus' } : { kind, buildId }
  }
  const [macho, machoPart, dashed = ''] = MACHO.exec(id) ?? []
  if (macho !== undefined) {
    const uuid = dashed.replaceAll('-', '').toUpperCase()
    const kind = machoPart === undefined ? 'macho' : 'macho-debug'
    return isBogus(uuid) ? { kind: 'bogus' } : { kind, uuid }
  }
  return OPAQUE.test(id) ? { kind: 'opaque', text: id } : undefined
}

function isBogus(digits: string): boolean {
  return /^(?:0+|f+)$/i.test(digits.slice(0, GUID_DIGITS))
}
