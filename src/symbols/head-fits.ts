import { sniff, type Format } from './formats/sniff.ts'
import type { Identity } from './identity.ts'
import type { SymbolPath } from './symbol-path.ts'

const PDB: readonly Format[] = ['msf7', 'msf2', 'metadata']
const IMAGE: readonly Format[] = ['mz', 'dbg']
const MACHO: readonly Format[] = ['macho', 'macho-fat']
/** For ids that say nothing of the content. */
const BY_EXTENSION: readonly (readonly [RegExp, readonly Format[]])[] = [
  [/\.(?:dll|exe|sys|ocx|drv)$/i, IMAGE],
  [/\.so(?:\.[\d.]+)?$/i, ['elf']],
  [/\.dylib$/i, MACHO],
]

/** What login pages and error answers begin with: never taken for a file, whatever was asked for. */
const WEB_PAGE =
  /^(?:\xef\xbb\xbf)?\s*(?:<(?:!doctype|!--|html|head|body|title|\?xml)|\{\s*["}]|\[\s*[{"\]])/i
/** A zip, or Sentry's header ahead of one. */
const SOURCE_BUNDLES = ['PK\x03\x04', 'SYSB']

/** Whether a file that begins with `head` (4 KiB, or all of a shorter file) can be what the path asks for. */
export function headFits(head: Uint8Array, path: SymbolPath): boolean {
  if (head.byteLength === 0) return false
  const start = Buffer.from(head.subarray(0, 40)).toString('latin1')
  if (path.form === 'source-bundle') {
    return SOURCE_BUNDLES.some((magic) => start.startsWith(magic))
  }
  const formats = formatsFor(path)
  if (formats.length === 0) return !WEB_PAGE.test(start)
  const format = sniff(head)
  return format !== undefined && formats.includes(format)
}

function formatsFor({ form, name, identities }: SymbolPath): readonly Format[] {
  if (form === 'msfz') return ['msfz']
  const formats = identities.flatMap(formatsOf)
  if (formats.length > 0) return formats
  return BY_EXTENSION.find(([pattern]) => pattern.test(name))?.[1] ?? []
}

function formatsOf({ kind }: Identity): readonly Format[] {
  switch (kind) {
    case 'pdb':
    case 'portable-pdb':
      return PDB
    case 'pdb20':
      return ['msf7', 'msf2']
    case 'pe':
      return IMAGE
    case 'elf':
    case 'elf-debug':
      return ['elf']
    case 'macho':
    case 'macho-debug':
      return MACHO
    case 'breakpad':
    case 'breakpad-code':
      return ['breakpad']
    case 'wasm':
    case 'wasm-debug':
      return ['wasm']
    case 'path':
      return []
  }
}
