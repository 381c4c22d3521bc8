/** A GUID and an age as PDB and Breakpad paths spell them in one. */
export interface DebugId {
  /** 32 digits, upper case. */
  readonly guid: string
  /** The age by its hex digits; 0 when none is written. */
  readonly age: number
  /** Another age that the same digits are, when read as LLDB writes them. */
  readonly decimalAge: number | undefined
  /** The age is the one `0` that Breakpad gives to files of systems without ages. */
  readonly isPlainZero: boolean
}

const GUID_DIGITS = 32
const HEX_AGE_DIGITS = 8
const DECIMAL = /^[1-9]\d+$/
const MAX_AGE = 0xffff_ffff

/**
 * Reads lower-case hex digits as GUID and age, or gives undefined when there are too few or too many.
 *
 * Ages are hex and may be padded. LLDB writes them in decimal: nine digits or ten cannot be anything
 * else, fewer are hex first (protocol: SymbolLocatorSymStore).
 */
export function parseDebugId(digits: string): DebugId | undefined {
  if (digits.length < GUID_DIGITS) return undefined
  const guid = digits.slice(0, GUID_DIGITS).toUpperCase()
  const text = digits.slice(GUID_DIGITS)
  const decimal = DECIMAL.test(text) && Number(text) <= MAX_AGE ? Number(text) : undefined
  if (text.length <= HEX_AGE_DIGITS) {
    const age = text === '' ? 0 : Number.parseInt(text, 16)
    return { guid, age, decimalAge: decimal, isPlainZero: text === '0' }
  }
  if (decimal === undefined) return undefined
  return { guid, age: decimal, decimalAge: undefined, isPlainZero: false }
}
