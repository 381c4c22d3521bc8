/** Bytes of the two ASCII headers: six of magic, then numbers (cpio(5), "portable" and "new" ASCII format). */
const ODC_HEADER = /^070707[0-7]{70}$/
const ODC_BYTES = 76
const NEWC_HEADER = /^07070[12][0-9A-Fa-f]{104}$/
const NEWC_BYTES = 110

const MAX_NAME_BYTES = 4096 // as for every entry

/**
 * Whether a file begins with an ASCII cpio header and its whole first name. The name must be plain text
 * on one line: these headers are text too, and libarchive would look further for a uuencoded file below.
 */
export function isCpio(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, NEWC_BYTES + MAX_NAME_BYTES + 1)).toString('latin1')
  if (NEWC_HEADER.test(text.slice(0, NEWC_BYTES))) return hasPlainName(text.slice(NEWC_BYTES))
  return ODC_HEADER.test(text.slice(0, ODC_BYTES)) && hasPlainName(text.slice(ODC_BYTES))
}

function hasPlainName(rest: string): boolean {
  const end = rest.indexOf('\0')
  return end > 0 && !/\p{Cc}/u.test(rest.slice(0, end).replaceAll(/[\u0080-\u009f]/g, ''))
}
