import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { IndexedBlob } from '../../db/blob-table.ts'
import type { UseTable } from '../../db/use-table.ts'
import { inTime } from '../../lib/in-time.ts'
import type { BufferPool } from '../../lib/buffer-pool.ts'
import { networkOf } from '../../lib/network-of.ts'
import type { Networks } from '../../lib/networks.ts'
import type { FoundBlob, Lookup, Requester } from '../../lookup/lookup.ts'
import type { MissingList } from '../../lookup/missing-list.ts'
import type { ServingFill } from '../../lookup/serving-fill.ts'
import type { SingleForm } from '../../lookup/single-form.ts'
import { msfzPath } from '../../symbols/msfz-path.ts'
import type { SymbolPath } from '../../symbols/symbol-path.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { acceptsMsfz } from './accepts-msfz.ts'
import { clientOf } from '../client-of.ts'
import type { CompressedContents } from './compressed-contents.ts'
import type { Content } from './content.ts'
import type { DebuginfodRequest } from './debuginfod-request.ts'
import type { DownloadAccess } from './download-access.ts'
import { patience } from './patience.ts'
import { planAnswer, type SentForm, type Wanted } from './plan-answer.ts'
import { PortableChecksums } from './portable-checksums.ts'
import { sectionContent } from './section-content.ts'
import { sendContent } from './send-content.ts'
import type { StoredContents } from './stored-contents.ts'
import { symbolChecksum } from './symbol-checksum.ts'
import { fillContent } from './fill-content.ts'
import type { SymbolHeaders } from './symbol-headers.ts'
import type { SymbolRequest } from './symbol-request.ts'
import { forwardedVia } from './via.ts'

/** A blob that vanishes or is replaced between lookup and opening is looked up again this often. */
const MAX_LOOKUPS = 3

/** Enough to see whether a file is there. */
const ONE_BYTE = { start: 0, end: 1 }

/** SymProxy's word for a download that goes on: HRESULT_FROM_WIN32(ERROR_APP_HANG) (protocol.md §1.9). */
const APP_HANG = '0x80070512'

export interface SymbolHandlerOptions {
  readonly lookup: Lookup
  readonly single: SingleForm
  readonly missing: MissingList
  readonly contents: StoredContents
  /** Learns which blobs are served. */
  readonly uses: UseTable
  readonly access: DownloadAccess
  readonly trustedProxies: Networks
  readonly headers: SymbolHeaders
  /** Whether cabinets of the files are answered under their compressed names. */
  readonly serveCompressed: boolean
  /** Whether debuggers that would give up are told in time that the file is still being fetched. */
  readonly symbolAgentStatus: boolean
  readonly compressed: CompressedContents
  readonly pool: BufferPool
  readonly instance: string
  readonly metrics: Metrics
}

interface Exchange {
  readonly access: 'anonymous' | 'authenticated'
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
}

/**
 * Answers symbol paths. Debuggers see 200, 206, 304, 401, 404 or 416 and nothing else: on any other
 * status they drop the server for their session (protocol.md §1.4).
 */
export class SymbolHandler {
  readonly #options: SymbolHandlerOptions
  readonly #checksums = new PortableChecksums()

  constructor(options: SymbolHandlerOptions) {
    this.#options = options
  }

  /** Answers the request; rejects when the connection is to be cut. */
  async handle(
    found: Exclude<SymbolRequest | DebuginfodRequest, { kind: 'none' }>,
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> {
    const access = await this.#options.access.check(found.token, request)
    if (access === 'denied') return unauthorized(response)
    switch (found.kind) {
      case 'malformed':
        return this.#notFound(response, 'malformed')
      case 'probe':
        if (found.file !== 'pingme.txt') return this.#notFound(response, 'absent')
        response
          .writeHead(200, { 'content-length': 0, 'content-type': 'application/octet-stream' })
          .end()
        return
      case 'symbol':
      case 'debuginfod':
      case 'section':
        return await this.#serve(found, { access, request, response, requestId })
    }
  }

  async #serve(wanted: Wanted, exchange: Exchange): Promise<void> {
    const { paths, form } = planAnswer(wanted, this.#options.serveCompressed)
    if (wanted.kind === 'symbol' && wanted.isSingle) {
      const { single } = this.#options
      if (!single.isAnswered(wanted.path, this.#requester(exchange, false)))
        return this.#notFound(exchange.response, 'absent')
    }
    let reason = 'absent'
    for (const path of paths) {
      const outcome = await this.#answer(path, form, exchange)
      if (outcome === 'answered') return
      if (reason === 'absent') reason = outcome
    }
    const { request, access } = exchange
    const asker = {
      userAgent: request.headers['user-agent'],
      isAuthenticated: access === 'authenticated',
    }
    if (wanted.kind !== 'section') this.#options.missing.note(wanted.path, reason, asker)
    this.#notFound(exchange.response, reason)
  }

  /** Answers with the file of one path, or says why there is none. */
  async #answer(path: SymbolPath, form: SentForm, exchange: Exchange): Promise<string> {
    const { lookup, contents, headers, pool, metrics, uses, symbolAgentStatus } = this.#options
    const { access, request, response } = exchange
    const takesMsfz = form.kind === 'symbol' && acceptsMsfz(request.headers.accept)
    const msfz = takesMsfz ? msfzPath(path) : undefined
    const requester = this.#requester(exchange, msfz !== undefined)
    for (let attempt = 1; attempt <= MAX_LOOKUPS; attempt++) {
      const stored = msfz && lookup.stored(msfz)
      const resolving = stored ?? lookup.resolve(path, requester)
      const answer = symbolAgentStatus
        ? await inTime(Promise.resolve(resolving), patience(request))
        : await resolving
      if (answer === undefined) {
        this.#notFound(response, 'trouble', { 'symbol-agent-status': APP_HANG })
        return 'answered'
      }
      if (answer.kind === 'absent') return answer.reason
      const kind = kindOf(answer, path)
      const plain = answer.kind === 'fill' ? fillContent(answer.fill) : contents.of(answer)
      const { checksum } = requester
      if (answer.kind === 'blob' && kind === 'portable-pdb' && checksum !== undefined) {
        if (!(await this.#checksums.allow(checksum, answer.blob, plain))) return 'mismatch'
      }
      const content = await this.#content(form, answer, { plain, kind }, request)
      if (content === 'stored') continue
      if (typeof content === 'string') return content
      const described = headers.of({ path, kind, form, answer, plain, access })
      const sent = content && (await sendContent(request, response, content, described, pool))
      if (sent !== undefined) {
        metrics.lookups.inc({ outcome: answer.kind === 'fill' ? 'upstream' : answer.blob.root })
        metrics.bytesSent.inc(sent)
        if (answer.kind === 'blob') uses.record(answer.blob)
        return 'answered'
      }
      if (answer.kind === 'blob' && (await hasGone(plain))) lookup.forget(answer.blob)
    }
    return 'trouble'
  }

  #requester({ access, request, requestId }: Exchange, acceptsMsfz: boolean): Requester {
    return {
      requestId,
      client: networkOf(clientOf(request, this.#options.trustedProxies).address),
      isStranger: access === 'anonymous',
      via: forwardedVia(request, this.#options.instance),
      acceptsMsfz,
      checksum: symbolChecksum(request),
    }
  }

  /** What is sent of a file; a word where it is not to be had, `stored` for a fill that has ended meanwhile. */
  async #content(
    form: SentForm,
    answer: FoundBlob | { readonly kind: 'fill'; readonly fill: ServingFill },
    { plain, kind }: { readonly plain: Content; readonly kind: string },
    request: IncomingMessage,
  ): Promise<Content | 'stored' | 'absent' | 'trouble' | undefined> {
    const { compressed } = this.#options
    switch (form.kind) {
      case 'symbol':
      case 'debuginfod':
        return await compressed.negotiate(answer, plain, kind, request)
      case 'cabinet':
        return await compressed.cabinet(answer, plain)
      case 'section':
        // Only the whole file has its sections.
        if (answer.kind === 'blob') return await sectionContent(plain, form.section)
        return await answer.fill.file.finalSize().then(
          () => 'stored' as const,
          () => 'trouble' as const,
        )
    }
  }

  #notFound(response: ServerResponse, reason: string, more: OutgoingHttpHeaders = {}): void {
    this.#options.metrics.lookups.inc({ outcome: reason })
    response
      .writeHead(404, {
        'content-length': 0,
        'cache-control': 'no-store',
        'x-symgate-miss': reason,
        ...more,
      })
      .end()
  }
}

/** Whether it was the file itself that was not there, and not what had been made of it. */
async function hasGone(plain: Content): Promise<boolean> {
  const opened = await plain.open(ONE_BYTE)
  opened?.close()
  return opened === undefined
}

function kindOf(
  answer: { kind: 'blob'; blob: IndexedBlob } | { kind: 'fill'; fill: ServingFill },
  path: SymbolPath,
): string {
  return answer.kind === 'blob' ? answer.blob.kind : (path.identities[0]?.kind ?? 'path')
}

function unauthorized(response: ServerResponse): void {
  response
    .writeHead(401, {
      'content-length': 0,
      'cache-control': 'no-store',
      'www-authenticate': 'Basic realm="symgate"',
    })
    .end()
}
