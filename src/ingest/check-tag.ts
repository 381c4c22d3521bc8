import { AppError } from '../lib/app-error.ts'
import { matchesWildcard } from '../lib/matches-wildcard.ts'
import type { Uploader } from './upload.ts'

/** Fails with `token_limited` when the uploader may not use this tag. */
export function checkTag(tag: string, uploader: Uploader | undefined): void {
  if (uploader === undefined || uploader.tags.length === 0) return
  if (uploader.tags.some((pattern) => matchesWildcard(pattern, tag))) return
  throw new AppError(
    'token_limited',
    `the token may upload under tags ${uploader.tags.join(', ')} only, not ${JSON.stringify(tag)}`,
  )
}
