import { AppError } from '../lib/app-error.ts'
import type { ForeignFormat } from './foreign-format.ts'
import { quotePath } from './quote-path.ts'

/** Lines that say nothing. */
const IDLE_LINES = /^$|\(null\)$|^bsdtar: Error exit/

/** What bsdtar puts around its words. */
const PREFIX = /^bsdtar: (?:Error reading archive \/in: )?/
const SUFFIX =
  /: (?:Unknown error -1|Invalid or incomplete multibyte or wide character|Success|Illegal byte sequence)$/

/** What bsdtar's stderr means, after an extraction that has failed. */
export function judgeComplaint(format: ForeignFormat, complaint: string): AppError {
  const line = complaint.split('\n').find((text) => !IDLE_LINES.test(text)) ?? ''
  const words = line.replace(PREFIX, '').replace(SUFFIX, '')
  if (/encrypt|passphrase|password/i.test(words)) {
    return new AppError('archive_hostile', `the ${format} archive is encrypted`)
  }
  if (/allocat|out of memory/i.test(words)) {
    return new AppError('limit_exceeded', `the ${format} archive needs too much memory to be read`)
  }
  if (/unsupported|not supported/i.test(words)) {
    const problem = `bsdtar cannot read the ${format} archive: ${quotePath(words)}`
    return new AppError('unsupported_format', problem)
  }
  const said = words === '' ? '' : `: ${quotePath(words)}`
  return new AppError('archive_damaged', `the ${format} archive is damaged${said}`)
}
