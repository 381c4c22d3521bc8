import type { Identity } from './identity.ts'
import type { SymbolPath } from './symbol-path.ts'

const MSF = ['Microsoft C/C++ MSF 7.00', 'Microsoft C/C++ program database 2.00']
const PORTABLE = ['BSJB']
const IMAGE = ['MZ', 'DI']
const ELF = ['\x7fELF']
const MACHO = [
  '\xce\xfa\xed\xfe',
  '\xcf\xfa\xed\xfe',
  '\xfe\xed\xfa\xce',
  '\xfe\xed\xfa\xcf',
  '\xca\xfe\xba\xbe',
  '\xca\xfe\xba\xbf',
]
const BREAKPAD = ['MODULE ', '\xef\xbb\xbfMODULE ']
const WASM = ['\0asm']
/** What login pages and error answers begin with: never taken for a file, whatever was asked for. */
const WEB_PAGE = /^(?:\xef\xbb\xbf)?\s*(?:<(?:!doctype|html|head|\?xml)|[{[])/i
const ZIP = ['PK\x03\x04', 'SYSB']

/** Whether a file that begins with `head` (4 KiB, or all of a shorter file) can be what the path asks for. */
export function headFits(head: Uint8Array, path: SymbolPath): boolean {
  if (head.byteLength === 0) return false
  const start = Buffer.from(head.subarray(0, 40)).toString('latin1')
  const magics = magicsFor(path)
  return magics.length === 0
    ? !WEB_PAGE.test(start)
    : magics.some((magic) => start.startsWith(magic))
}

function magicsFor({ form, name, identities }: SymbolPath): readonly string[] {
  if (form === 'source-bundle') return ZIP
  const magics = identities.flatMap(magicsOf)
  return magics.length === 0 && /\.(?:dll|exe|sys|ocx|drv)$/i.test(name) ? IMAGE : magics
}

function magicsOf({ kind }: Identity): readonly string[] {
  switch (kind) {
    case 'pdb':
    case 'portable-pdb':
      return [...MSF, ...PORTABLE]
    case 'pdb20':
      return MSF
    case 'pe':
      return IMAGE
    case 'elf':
    case 'elf-debug':
      return ELF
    case 'macho':
    case 'macho-debug':
      return MACHO
    case 'breakpad':
    case 'breakpad-code':
      return BREAKPAD
    case 'wasm':
    case 'wasm-debug':
      return WASM
    case 'path':
      return []
  }
}
