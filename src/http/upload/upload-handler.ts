import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SessionService } from '../../access/session-service.ts'
import type { Readable } from 'node:stream'
import type { TokenInfo } from '../../access/token-service.ts'
import type { AsyncUploads } from '../../ingest/async-uploads.ts'
import { checkTag } from '../../ingest/check-tag.ts'
import type { Ingest, IngestResult } from '../../ingest/ingest.ts'
import type { PackageRecorder } from '../../ingest/package-recorder.ts'
import type { UploadDetails, UploadPart } from '../../ingest/upload.ts'
import { AppError } from '../../lib/app-error.ts'
import { ownedChunks } from '../../lib/owned-chunks.ts'
import type { PackageFile, PackageManifest } from '../../storage/package-manifest.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { drainBody } from './drain-body.ts'
import { errorAnswer } from '../error-answer.ts'
import { Heartbeat } from './heartbeat.ts'
import { limitBody } from './limit-body.ts'
import type { TokenGate } from '../token-gate.ts'
import { uploadDetails } from './upload-details.ts'
import { uploadFlag } from './upload-flag.ts'
import { uploadParts } from './upload-parts.ts'
import type { UploadRequest } from './upload-request.ts'
import { pageUploadToken } from '../ui/page-upload-token.ts'
import { uploadToken } from './upload-token.ts'

/**
 * Silence that a proxy is trusted to bear while the answer is being found: below the 60 s of the usual
 * ones, but long, for the status is 200 from then on. Once the upload is certain the status is known.
 */
const UNCERTAIN_MS = 40_000
const CERTAIN_MS = 10_000

export interface UploadHandlerOptions {
  readonly ingest: Ingest
  readonly asyncUploads: AsyncUploads
  readonly recorder: PackageRecorder
  readonly gate: TokenGate
  /** Who uploads in the page. */
  readonly sessions: SessionService
  readonly maxUploadBytes: number
  readonly metrics: Metrics
  readonly log: Logger
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  readonly heartbeat: Heartbeat
  readonly token: TokenInfo
}

interface Answer {
  readonly status: number
  /** For the metric; undefined when it is not known yet. */
  readonly outcome: string | undefined
  readonly body: object
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
    requestId: string,
  ): Promise<void> {
    const { gate, sessions, metrics, log } = this.#options
    const heartbeat = new Heartbeat(response)
    try {
      const token =
        upload.form === 'page'
          ? pageUploadToken(sessions, request)
          : await uploadToken(gate, upload.urlToken, request)
      const exchange = { request, response, requestId, heartbeat, token }
      const { status, outcome, body } = await this.#receive(upload, exchange)
      if (outcome !== undefined) metrics.uploads.inc({ outcome })
      heartbeat.finish(upload.form === 'nuget' && status === 200 ? 201 : status, {}, body)
    } catch (failure) {
      const { status, headers, error } = errorAnswer(failure)
      metrics.uploads.inc({ outcome: error.code })
      if (status >= 500) log.error({ id: requestId, err: failure }, 'upload failed')
      const body = upload.form === 'backtrace' ? { response: 'error', error } : { error }
      heartbeat.finish(status, headers, body)
    }
    await drainBody(request)
    response.end()
  }

  async #receive(
    { form, parameters }: UploadRequest,
    { request, response, requestId, heartbeat, token }: Exchange,
  ): Promise<Answer> {
    const { ingest, asyncUploads, recorder, maxUploadBytes, metrics } = this.#options
    let sent = 0
    const details = (): UploadDetails => uploadDetails(parameters)
    const upload = { requestId, uploader: token, sentBytes: () => sent, details }
    let isAsync: boolean
    try {
      isAsync = this.#admit(parameters, request, token)
    } catch (failure) {
      await recorder.failed(upload, failure)
      throw failure
    }
    // NuGet reads the status alone, which therefore must not be sent ahead.
    const beats = !isAsync && form !== 'nuget'
    // The client has sent `Expect: 100-continue` and waits for it: everything so far could be refused without the body.
    if (/\b100-continue\b/i.test(request.headers.expect ?? '')) response.writeContinue()
    // From here on the server is at work, however long, while nothing moves on the connection.
    request.once('end', () => {
      request.socket.setTimeout(0)
      if (beats) heartbeat.start(UNCERTAIN_MS)
    })
    const body = limitBody(request, maxUploadBytes, (chunk) => {
      ownedChunks.add(chunk)
      sent += chunk.byteLength
      metrics.uploadedBytes.inc(chunk.byteLength)
    })
    const parts = (source: Readable): AsyncIterable<UploadPart> =>
      uploadParts(request, source, parameters, maxUploadBytes)
    try {
      if (isAsync) return accepted(await asyncUploads.accept({ ...upload, body, parts }))
      const result = await ingest.receive({ ...upload, parts: parts(body) }, () => {
        if (beats) heartbeat.start(CERTAIN_MS)
      })
      return settled(result)
    } finally {
      body.destroy()
    }
  }

  /** Checks what can be before the body is asked for; a form may still add to the parameters. Gives whether it is asynchronous. */
  #admit(parameters: URLSearchParams, { headers }: IncomingMessage, token: TokenInfo): boolean {
    const { maxUploadBytes } = this.#options
    const { tag } = uploadDetails(parameters)
    if (parameters.has('tag')) checkTag(tag, token)
    if (Number(headers['content-length'] ?? 0) > maxUploadBytes) {
      throw new AppError(
        'limit_exceeded',
        `the upload is larger than limits.upload_size (${maxUploadBytes} bytes)`,
      )
    }
    return uploadFlag(parameters, 'async')
  }
}

function accepted(id: string): Answer {
  const body = { response: 'ok', _rxid: id, upload: { id, verdict: 'processing' } }
  return { status: 202, outcome: undefined, body }
}

function settled({ manifest, refusal }: IngestResult): Answer {
  const fault = refusal && errorAnswer(refusal)
  return {
    status: fault?.status ?? 200,
    outcome: refusal?.code ?? manifest.verdict,
    body: {
      response: fault === undefined ? 'ok' : 'error',
      _rxid: manifest.id,
      ...(fault !== undefined && { error: fault.error }),
      upload: summary(manifest),
    },
  }
}

function summary(manifest: PackageManifest): object {
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
    files: files.map(({ path, status, reason, alert, keys }) => ({
      path,
      status,
      ...(reason !== undefined && { reason }),
      ...(alert !== undefined && { alert }),
      keys,
    })),
  }
}
