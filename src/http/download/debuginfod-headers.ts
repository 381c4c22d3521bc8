import type { OutgoingHttpHeaders } from 'node:http'
import { basename } from 'node:path'
import type { LookupAnswer } from '../../lookup/lookup.ts'
import type { SymbolPath } from '../../symbols/symbol-path.ts'
import type { Content } from './content.ts'

/** What debuginfod's clients show while they wait: name, and size even where the body is encoded (debuginfod(8)). */
export function debuginfodHeaders(
  path: SymbolPath,
  answer: LookupAnswer,
  { size }: Content,
): OutgoingHttpHeaders {
  return {
    'x-debuginfod-file': encodeURI(fileOf(path, answer)),
    ...(size !== undefined && { 'x-debuginfod-size': size }),
  }
}

/** The name that the file goes by, as far as anything tells. */
function fileOf({ file, source }: SymbolPath, answer: LookupAnswer): string {
  return source?.path ?? (answer.kind === 'blob' ? basename(answer.blob.key) : file)
}
