/** MODULE and its four fields, or any other record that a file without MODULE begins with (Breakpad, symbol_files.md). */
const FIRST_RECORD =
  /^(?:\xef\xbb\xbf)?(?:MODULE \S+ \S+ \S+ \S|STACK CFI (?:INIT )?[\da-f]+ |STACK WIN [0-4] |FILE \d+ |FUNC (?:m )?[\da-f]+ |PUBLIC (?:m )?[\da-f]+ |INFO CODE_ID |INLINE_ORIGIN \d+ )/
/** A MODULE line that goes on beyond this was not written by any dump_syms. */
const MAX_LINE = 4096

/** Whether these first bytes (4 KiB are plenty) begin a Breakpad symbol file, a damaged one included. */
export function looksLikeBreakpad(head: Uint8Array): boolean {
  const start = Buffer.from(head.subarray(0, MAX_LINE)).toString('latin1')
  return (
    FIRST_RECORD.test(start) ||
    (start.startsWith('MODULE ') && start.length >= MAX_LINE && !start.includes('\n'))
  )
}
