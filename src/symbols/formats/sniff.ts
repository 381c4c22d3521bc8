import { BinaryView } from './binary-view.ts'
import { looksLikeBreakpad } from './looks-like-breakpad.ts'
import { machineArch } from './machine-arch.ts'
import { MSF7_MAGIC } from './msf7-magic.ts'

/** The containers that symbol files come in. */
export type Format =
  | 'msf7'
  | 'msf2'
  | 'msfz'
  | 'metadata'
  | 'mz'
  | 'dbg'
  | 'elf'
  | 'macho'
  | 'macho-fat'
  | 'breakpad'
  | 'wasm'

/** A Java class file begins like a fat Mach-O file, with its version (45 and up) in place of the count. */
const FIRST_JAVA_VERSION = 45
const DBG_HEADER_BYTES = 48
/** IMAGE_SEPARATE_DEBUG_MISMATCH, the only flag of a DBG header. */
const DBG_MISMATCH = 0x8000

const MAGICS: readonly (readonly [string, Format])[] = [
  ['MZ', 'mz'],
  [Buffer.from(MSF7_MAGIC).toString('latin1'), 'msf7'],
  ['Microsoft C/C++ program database 2.00\r\n\x1aJG', 'msf2'],
  ['Microsoft MSFZ Container\r\n\x1aALD', 'msfz'],
  ['BSJB', 'metadata'],
  ['\x7fELF', 'elf'],
  ['\0asm', 'wasm'],
  ['\xce\xfa\xed\xfe', 'macho'],
  ['\xcf\xfa\xed\xfe', 'macho'],
  ['\xfe\xed\xfa\xce', 'macho'],
  ['\xfe\xed\xfa\xcf', 'macho'],
  ['\xca\xfe\xba\xbf', 'macho-fat'],
]

/** Tells by its first bytes (4 KiB are plenty) what kind of symbol file this can be; undefined when it is none. */
export function sniff(head: Uint8Array): Format | undefined {
  const start = Buffer.from(head.subarray(0, 44)).toString('latin1')
  for (const [magic, format] of MAGICS) if (start.startsWith(magic)) return format
  if (start.startsWith('\xca\xfe\xba\xbe')) return isFat(head) ? 'macho-fat' : undefined
  if (start.startsWith('DI')) return isDbg(head) ? 'dbg' : undefined
  return looksLikeBreakpad(head) ? 'breakpad' : undefined
}

function isFat(head: Uint8Array): boolean {
  return head.byteLength >= 8 && new BinaryView(head, false).u32(4) < FIRST_JAVA_VERSION
}

/** Two letters are a weak magic, so the fields behind them must make sense. */
function isDbg(head: Uint8Array): boolean {
  if (head.byteLength < DBG_HEADER_BYTES) return false
  const view = new BinaryView(head)
  const flags = view.u16(2)
  return (
    (flags === 0 || flags === DBG_MISMATCH) &&
    machineArch(view.u16(4)) !== undefined &&
    view.u32(20) > 0
  )
}
