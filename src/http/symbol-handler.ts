import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { TokenService } from '../access/token-service.ts'
import type { IndexedBlob } from '../db/blob-table.ts'
import type { UseTable } from '../db/use-table.ts'
import type { BufferPool } from '../lib/buffer-pool.ts'
import type { FoundBlob, Lookup } from '../lookup/lookup.ts'
import type { ServingFill } from '../lookup/serving-fill.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { msfzPath } from '../symbols/msfz-path.ts'
import { plainPath } from '../symbols/plain-path.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { acceptsMsfz } from './accepts-msfz.ts'
import type { CompressedContents } from './compressed-contents.ts'
import { blobContent, fillContent } from './symbol-content.ts'
import type { Content } from './content.ts'
import { presentedToken } from './credentials.ts'
import { sendContent } from './send-content.ts'
import { symbolChecksum } from './symbol-checksum.ts'
import type { SymbolRequest } from './symbol-request.ts'
import { forwardedVia } from './via.ts'

/** A blob that vanishes or is replaced between lookup and opening is looked up again this often. */
const MAX_LOOKUPS = 3

/** Enough to see whether a file is there. */
const ONE_BYTE = { start: 0, end: 1 }

const DAY_SECONDS = 86_400
const YEAR_SECONDS = 31_536_000

export interface SymbolHandlerOptions {
  readonly lookup: Lookup
  readonly hosted: BlobStore
  readonly cache: BlobStore
  /** Learns which blobs are served. */
  readonly uses: UseTable
  readonly tokens: TokenService
  readonly anonymousDownload: boolean
  /** Whether an upload may put other bytes behind a path that was served before. */
  readonly contentMayChange: boolean
  /** Whether cabinets of the files are answered under their compressed names. */
  readonly serveCompressed: boolean
  readonly compressed: CompressedContents
  readonly memoryCache: { readonly maxBytes: number; readonly maxBlobBytes: number }
  readonly pool: BufferPool
  readonly instance: string
  readonly metrics: Metrics
}

interface Exchange {
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
  readonly #memory: LRUCache<number, Uint8Array> | undefined

  constructor(options: SymbolHandlerOptions) {
    this.#options = options
    const { maxBytes } = options.memoryCache
    if (maxBytes > 0)
      this.#memory = new LRUCache({
        maxSize: maxBytes,
        sizeCalculation: (bytes) => bytes.byteLength,
      })
  }

  /** Answers the request; rejects when the connection is to be cut. */
  async handle(
    found: Exclude<SymbolRequest, { kind: 'none' }>,
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> {
    const access = this.#access(found.token, request)
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
        return await this.#serve(found.path, access, { request, response, requestId })
    }
  }

  #access(
    pathToken: string | undefined,
    request: IncomingMessage,
  ): 'anonymous' | 'authenticated' | 'denied' {
    const presented = pathToken ?? presentedToken(request)
    if (presented === undefined) return this.#options.anonymousDownload ? 'anonymous' : 'denied'
    const check = this.#options.tokens.check(presented)
    if (check.kind === 'invalid') return 'denied'
    // In URLs, which end up in logs and histories, only the narrowest scope works.
    return pathToken !== undefined && check.token.scope !== 'download' ? 'denied' : 'authenticated'
  }

  async #serve(
    path: SymbolPath,
    access: 'anonymous' | 'authenticated',
    { request, response, requestId }: Exchange,
  ): Promise<void> {
    const { lookup, compressed, pool, metrics, uses, serveCompressed } = this.#options
    const requester = {
      requestId,
      via: forwardedVia(request, this.#options.instance),
      acceptsMsfz: false,
      checksum: symbolChecksum(request),
    }
    const isCabinet = serveCompressed && path.form === 'compressed'
    const wanted = isCabinet ? plainPath(path) : path
    const msfz = acceptsMsfz(request.headers.accept) ? msfzPath(path) : undefined
    for (let attempt = 1; attempt <= MAX_LOOKUPS; attempt++) {
      const stored = msfz && lookup.stored(msfz)
      const answer = stored ?? (await lookup.resolve(wanted, requester))
      if (answer.kind === 'absent') return this.#notFound(response, answer.reason)
      const kind = kindOf(answer, path)
      const plain = answer.kind === 'fill' ? fillContent(answer.fill) : this.#blobContent(answer)
      const content = isCabinet
        ? await compressed.cabinet(answer, plain)
        : await compressed.negotiate(answer, plain, kind, request)
      if (content === 'stored') continue
      if (typeof content === 'string') return this.#notFound(response, content)
      const headers = {
        ...this.#headers(path, kind, access),
        'x-symgate-source':
          answer.kind === 'fill' ? `upstream:${answer.fill.upstream}` : answer.blob.root,
        ...varyHeader([
          ...(stored !== undefined || (path.form === 'plain' && kind === 'pdb') ? ['Accept'] : []),
          ...(!isCabinet && compressed.varies(kind) ? ['Accept-Encoding'] : []),
        ]),
      }
      const sent = content && (await sendContent(request, response, content, headers, pool))
      if (sent !== undefined) {
        metrics.lookups.inc({ outcome: answer.kind === 'fill' ? 'upstream' : answer.blob.root })
        metrics.bytesSent.inc(sent)
        if (answer.kind === 'blob') uses.record(answer.blob)
        return
      }
      if (answer.kind === 'blob' && (await hasGone(plain))) lookup.forget(answer.blob)
    }
    this.#notFound(response, 'trouble')
  }

  #blobContent(found: FoundBlob): Content {
    const { hosted, cache, lookup, memoryCache } = this.#options
    const { blob } = found
    const memory = blob.size <= memoryCache.maxBlobBytes ? this.#memory : undefined
    const store = blob.root === 'hosted' ? hosted : cache
    return blobContent(blob, store, () => lookup.isCurrent(found), memory)
  }

  #headers(path: SymbolPath, kind: string, access: string): OutgoingHttpHeaders {
    const changing = kind === 'pe' || kind === 'dbg' || this.#options.contentMayChange
    const lifetime = changing ? `max-age=${DAY_SECONDS}` : `max-age=${YEAR_SECONDS}, immutable`
    return {
      'content-type':
        path.form === 'breakpad' ? 'text/plain; charset=utf-8' : 'application/octet-stream',
      'cache-control': `${access === 'anonymous' ? 'public' : 'private'}, ${lifetime}`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
    }
  }

  #notFound(response: ServerResponse, reason: string): void {
    this.#options.metrics.lookups.inc({ outcome: reason })
    response
      .writeHead(404, {
        'content-length': 0,
        'cache-control': 'no-store',
        'x-symgate-miss': reason,
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

function varyHeader(names: readonly string[]): OutgoingHttpHeaders {
  return names.length === 0 ? {} : { vary: names.join(', ') }
}

function unauthorized(response: ServerResponse): void {
  response
    .writeHead(401, {
      'content-length': 0,
      'cache-control': 'no-store',
      'www-authenticate': 'Basic realm="symgate", charset="UTF-8"',
    })
    .end()
}
