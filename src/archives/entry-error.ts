import { AppError } from '../lib/app-error.ts'
import type { ErrorCode } from '../lib/app-error.ts'
import { quotePath } from './quote-path.ts'

/** An AppError about one entry, its message `entry "a/b.pdb": problem` with the path escaped and cut. */
export function entryError(
  code: ErrorCode,
  path: string,
  problem: string,
  options?: ErrorOptions,
): AppError {
  return new AppError(code, `entry ${quotePath(path)}: ${problem}`, options)
}
