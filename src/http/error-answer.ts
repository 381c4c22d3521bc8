import { AppError, type ErrorCode } from '../lib/app-error.ts'

/** What an error says to a client: nothing of an unknown error but that there was one. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly error: { readonly code: string; readonly message: string }
}

/** Seconds after which a busy server is worth another try. */
const RETRY_AFTER_SECONDS = '10'

const STATUS: Readonly<Record<ErrorCode, number>> = {
  archive_damaged: 422,
  archive_hostile: 422,
  busy: 429,
  command_failed: 500,
  config_invalid: 500,
  disk_full: 507,
  folder_in_use: 500,
  limit_exceeded: 413,
  name_required: 422,
  name_taken: 409,
  not_found: 404,
  nothing_to_store: 422,
  package_protected: 409,
  package_rejected: 422,
  read_only: 403,
  request_invalid: 400,
  store_unusable: 500,
  token_invalid: 403,
  token_limited: 403,
  token_missing: 401,
  unsupported_format: 415,
  upload_interrupted: 400,
  upstream_read_only: 409,
  upstream_unusable: 422,
}

/** The HTTP meaning of an error; the only place that knows. No error is ever to be cached. */
export function errorAnswer(error: unknown): ErrorAnswer {
  const headers: Record<string, string> = { 'cache-control': 'no-store' }
  if (!(error instanceof AppError)) {
    return {
      status: 500,
      headers,
      error: { code: 'internal', message: 'the server failed; its log says how' },
    }
  }
  if (error.code === 'busy') headers['retry-after'] = RETRY_AFTER_SECONDS
  if (error.code === 'token_missing') headers['www-authenticate'] = 'Basic realm="symgate"'
  return {
    status: STATUS[error.code],
    headers,
    error: { code: error.code, message: error.message },
  }
}
