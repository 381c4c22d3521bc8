/**
 * Every failure that symgate can name, one stable code each. What a code means over HTTP is known to
 * `http/errors.ts` alone.
 */
export type ErrorCode =
  | 'archive_damaged'
  | 'archive_hostile'
  | 'busy'
  | 'command_failed'
  | 'config_invalid'
  | 'disk_full'
  | 'folder_in_use'
  | 'limit_exceeded'
  | 'name_required'
  | 'name_taken'
  | 'not_found'
  | 'package_protected'
  | 'package_rejected'
  | 'nothing_to_store'
  | 'read_only'
  | 'request_invalid'
  | 'store_unusable'
  | 'token_invalid'
  | 'token_limited'
  | 'token_missing'
  | 'unsupported_format'
  | 'upload_interrupted'
  | 'upstream_read_only'
  | 'upstream_unusable'

/** The one error class of symgate: a stable code, a sentence that names the thing, and the cause kept. */
export class AppError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AppError'
    this.code = code
  }
}
