import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { BlobTable } from '../../db/blob-table.ts'
import type { HeldUploads } from '../../ingest/held-uploads.ts'
import { identityKey } from '../../symbols/identity.ts'
import { ownedChunks } from '../../lib/owned-chunks.ts'
import { parseSymbolPath } from '../../symbols/symbol-path.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { BreakpadRequest } from './breakpad-request.ts'
import { drainBody } from './drain-body.ts'
import { errorAnswer } from '../error-answer.ts'
import { limitBody } from './limit-body.ts'
import type { OwnAddress } from '../own-address.ts'
import type { TokenGate } from '../token-gate.ts'
import { uploadToken } from './upload-token.ts'

/** What `complete` says of an upload is a line. */
const MAX_COMPLETE_BYTES = 64 << 10

export interface BreakpadHandlerOptions {
  readonly held: HeldUploads
  readonly blobs: BlobTable
  readonly gate: TokenGate
  readonly address: OwnAddress
  readonly maxUploadBytes: number
  readonly metrics: Metrics
  readonly log: Logger
}

/** Answers Breakpad's sym-upload v2. */
export class BreakpadHandler {
  readonly #options: BreakpadHandlerOptions

  constructor(options: BreakpadHandlerOptions) {
    this.#options = options
  }

  /** Takes one step and answers; a refused body is drained within a bound. */
  async handle(
    step: BreakpadRequest,
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> {
    const { metrics, log } = this.#options
    try {
      send(response, 200, await this.#answer(step, request, requestId))
    } catch (failure) {
      const { status, headers, error } = errorAnswer(failure)
      if (step.step === 'send' || step.step === 'complete')
        metrics.uploads.inc({ outcome: error.code })
      if (status >= 500) log.error({ id: requestId, err: failure }, 'upload failed')
      send(response, status, { error }, headers)
    }
    await drainBody(request)
    response.end()
  }

  async #answer(
    step: BreakpadRequest,
    request: IncomingMessage,
    requestId: string,
  ): Promise<object> {
    const { held, gate } = this.#options
    if (step.step === 'send') return await this.#keep(step.key, request)
    const token = await uploadToken(gate, step.token, request)
    switch (step.step) {
      case 'status':
        return { status: this.#isHosted(step.file, step.id) ? 'FOUND' : 'MISSING' }
      case 'create': {
        const uploadKey = held.create(token)
        return {
          uploadUrl: `${this.#options.address.of(request)}/v1/uploads/${uploadKey}`,
          uploadKey,
        }
      }
      case 'complete': {
        const name = debugFile(await text(limitBody(request, MAX_COMPLETE_BYTES, () => {})))
        const { manifest, refusal } = await held.complete(step.key, token, { requestId, name })
        if (refusal !== undefined) throw refusal
        this.#options.metrics.uploads.inc({ outcome: manifest.verdict })
        const isNew = manifest.files.some(({ status }) => status === 'stored')
        return { result: isNew ? 'OK' : 'DUPLICATE_DATA' }
      }
    }
  }

  async #keep(key: string, request: IncomingMessage): Promise<object> {
    const { held, maxUploadBytes, metrics } = this.#options
    let sent = 0
    const body = limitBody(request, maxUploadBytes, (chunk) => {
      ownedChunks.add(chunk)
      sent += chunk.byteLength
      metrics.uploadedBytes.inc(chunk.byteLength)
    })
    try {
      await held.keep(key, body, () => sent)
    } finally {
      body.destroy()
    }
    return {}
  }

  /** Whether the Breakpad file of this module is hosted: the client does not say what kind it is about to send. */
  #isHosted(file: string, id: string): boolean {
    const match = parseSymbolPath([file, id, `${file.replace(/\.pdb$/i, '')}.sym`])
    if (match.kind !== 'symbol') return false
    const { blobs } = this.#options
    return match.path.identities.some(
      (identity) =>
        identity.kind === 'breakpad' && blobs.owner(identityKey(identity), 'hosted') !== undefined,
    )
  }
}

/** The name in a body that looks like JSON and is none: `{ symbol_id: {debug_file: "a.pdb", debug_id: "…" }, … }`. */
function debugFile(body: string): string | undefined {
  return /debug_file"?\s*:\s*"([^"]+)"/.exec(body)?.[1]
}

/**
 * The clients read answers by patterns that need a space behind each colon (Breakpad's
 * symbol_collector_client.cc), so the JSON is not compact.
 */
function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const json = `${JSON.stringify(body, undefined, 1)}\n`
  response.writeHead(status, {
    'cache-control': 'no-store',
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(json),
  })
  response.write(json)
}
