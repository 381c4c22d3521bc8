import { AppError } from '../lib/app-error.ts'

/** Longest text: they are kept for ever in manifests and lists. */
const MAX_CHARACTERS = 1000

/** Fails with `request_invalid`, naming `what`, for a text that cannot be said of a package. */
export function checkPackageText(what: string, text: string): void {
  if (text.length <= MAX_CHARACTERS && !/\p{Cc}/u.test(text)) return
  const allowed = `at most ${MAX_CHARACTERS} characters without control characters`
  throw new AppError('request_invalid', `${what}: ${allowed} are allowed`)
}
