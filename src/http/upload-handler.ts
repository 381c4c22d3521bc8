import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TokenService } from '../access/token-service.ts'
import type { Ingest, IngestResult } from '../ingest/ingest.ts'
import type { ConflictRule, UploadDetails } from '../ingest/upload.ts'
import { AppError } from '../lib/app-error.ts'
import type { PackageFile } from '../storage/package-manifest.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { presentedToken } from './credentials.ts'
import { drainBody } from './drain-body.ts'
import { errorAnswer } from './error-answer.ts'
import { limitBody } from './limit-body.ts'
import { Heartbeat } from './heartbeat.ts'
import type { UploadRequest } from './upload-request.ts'
import { uploadParts } from './upload-parts.ts'

/** The tag of packages whose uploader gave none. */
const DEFAULT_TAG = 'anon'

/** Longest text of a parameter: they are kept for ever in manifests and lists. */
const MAX_PARAMETER_CHARACTERS = 1000

export interface UploadHandlerOptions {
  readonly ingest: Ingest
  readonly tokens: TokenService
  readonly maxUploadBytes: number
  readonly metrics: Metrics
  readonly log: Logger
}

/** Answers uploads in both forms. */
export class UploadHandler {
  readonly #options: UploadHandlerOptions

  constructor(options: UploadHandlerOptions) {
    this.#options = options
  }

  /** Receives the upload and answers; a refused body is drained within a bound. */
  async handle(
    upload: UploadRequest,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const heartbeat = new Heartbeat(response)
    try {
      this.#authorize(upload, request)
      const result = await this.#receive(upload, request, response, heartbeat)
      const { refusal, manifest } = result
      heartbeat.finish(
        refusal === undefined ? 200 : errorAnswer(refusal).status,
        {},
        {
          response: refusal === undefined ? 'ok' : 'error',
          _rxid: manifest.id,
          ...(refusal !== undefined && { error: errorAnswer(refusal).error }),
          upload: summary(result),
        },
      )
    } catch (failure) {
      const { status, headers, error } = errorAnswer(failure)
      if (status >= 500) this.#options.log.error({ err: failure }, 'upload failed')
      const body = upload.form === 'backtrace' ? { response: 'error', error } : { error }
      heartbeat.finish(status, headers, body)
    }
    drainBody(request)
  }

  #authorize({ urlToken }: UploadRequest, request: IncomingMessage): void {
    const presented = urlToken ?? presentedToken(request)
    if (presented === undefined) throw new AppError('token_missing', 'an upload needs a token')
    const check = this.#options.tokens.check(presented)
    if (check.kind === 'invalid')
      throw new AppError('token_invalid', `invalid token: it is ${check.reason}`)
    const { scope } = check.token
    // In URLs, which end up in logs and histories, only the narrow scope works.
    if (scope === 'upload' || (scope === 'admin' && urlToken === undefined)) return
    const hint =
      scope === 'admin' ? 'an admin token is not taken from a URL' : `its scope is ${scope}`
    throw new AppError('token_invalid', `invalid token: ${hint}, an upload needs scope upload`)
  }

  async #receive(
    { parameters }: UploadRequest,
    request: IncomingMessage,
    response: ServerResponse,
    heartbeat: Heartbeat,
  ): Promise<IngestResult> {
    const { ingest, maxUploadBytes, metrics } = this.#options
    detailsOf(parameters)
    if (Number(request.headers['content-length'] ?? 0) > maxUploadBytes) {
      throw new AppError(
        'limit_exceeded',
        `the upload is larger than limits.upload_size (${maxUploadBytes} bytes)`,
      )
    }
    // The client has sent `Expect: 100-continue` and waits for it: everything so far could be refused without the body.
    if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue()
    // From here on the server is at work, however long, while nothing moves on the connection.
    request.once('end', () => request.socket.setTimeout(0))
    const body = limitBody(request, maxUploadBytes, (bytes) => metrics.uploadedBytes.inc(bytes))
    try {
      const parts = uploadParts(request, body, parameters)
      return await ingest.receive({ parts, details: () => detailsOf(parameters) }, () =>
        heartbeat.start(),
      )
    } finally {
      body.destroy()
    }
  }
}

/** Checks and gives what the parameters say of the package; fails with `request_invalid` naming the parameter. */
function detailsOf(parameters: URLSearchParams): UploadDetails {
  return {
    tag: text(parameters, 'tag') ?? DEFAULT_TAG,
    product: text(parameters, 'product'),
    version: text(parameters, 'version'),
    comment: text(parameters, 'comment'),
    strict: flag(parameters, 'strict'),
    onConflict: conflictRule(parameters),
  }
}

function text(parameters: URLSearchParams, name: string): string | undefined {
  const value = parameters.get(name)
  if (value === null || value === '') return undefined
  if (value.length > MAX_PARAMETER_CHARACTERS || /\p{Cc}/u.test(value)) {
    const allowed = `at most ${MAX_PARAMETER_CHARACTERS} characters without control characters`
    throw new AppError('request_invalid', `parameter ${name}: ${allowed} are allowed`)
  }
  return value
}

function flag(parameters: URLSearchParams, name: string): boolean {
  const value = parameters.get(name)
  if (value === null || value === '0' || value === 'false') return false
  if (value === '1' || value === 'true' || value === '') return true
  throw new AppError(
    'request_invalid',
    `parameter ${name}: ${JSON.stringify(value)} is neither 1 nor 0`,
  )
}

function conflictRule(parameters: URLSearchParams): ConflictRule | undefined {
  const value = parameters.get('on_conflict')
  if (value === null) return undefined
  if (value === 'keep' || value === 'replace') return value
  throw new AppError(
    'request_invalid',
    `parameter on_conflict: ${JSON.stringify(value)} is neither keep nor replace`,
  )
}

function summary({ manifest }: IngestResult): object {
  const { files } = manifest
  const count = (status: PackageFile['status']): number =>
    files.filter((file) => file.status === status).length
  return {
    id: manifest.id,
    verdict: manifest.verdict,
    tag: manifest.tag,
    stored: count('stored'),
    duplicates: count('duplicate'),
    conflicts: count('conflict'),
    skipped: count('skipped'),
    rejected: count('rejected'),
    files: files.map(({ path, status, reason, keys }) => ({
      path,
      status,
      ...(reason !== undefined && { reason }),
      keys,
    })),
  }
}
