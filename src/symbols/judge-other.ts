import { otherFormat } from './formats/other-format.ts'
import type { Identification } from './identification.ts'

/** Under these names anything else is a mistake worth telling, not something to pass over. */
const PROMISING_NAME = /\.(?:pdb|exe|dll|sys|sym|zip)$/i

/** Judges what is no symbol file by its first bytes and its name: passed over, or refused for the name's sake. */
export function judgeOther(
  head: Uint8Array,
  name: string | undefined,
): Exclude<Identification, { status: 'accept' }> {
  const format = otherFormat(head)
  if (format !== undefined) return { status: 'skip', reason: `${format}, not a symbol file` }
  const reason = head.byteLength === 0 ? 'the file is empty' : 'not a symbol file'
  if (name === undefined || !PROMISING_NAME.test(name)) return { status: 'skip', reason }
  return { status: 'reject', reason: `${reason}, in spite of its name` }
}
