import type { IncomingMessage } from 'node:http'
import type { SessionService } from '../../access/session-service.ts'
import type { Networks } from '../../lib/networks.ts'
import { clientOf } from '../client-of.ts'
import { presentedToken } from '../credentials.ts'
import type { TokenGate } from '../token-gate.ts'
import { sessionIn } from '../ui/session-in.ts'

/** A debugger with an old token asks for a thousand files, one after the other: it must not seem to hang. */
const MAX_DELAY_MS = 250

export interface DownloadAccessOptions {
  readonly gate: TokenGate
  /** Who downloads in the page. */
  readonly sessions: SessionService
  readonly anonymousDownload: boolean
  /** Where downloads without a token may come from; empty: from everywhere. */
  readonly anonymousFrom: Networks
  readonly trustedProxies: Networks
}

/** Who may download symbols. */
export class DownloadAccess {
  readonly #options: DownloadAccessOptions

  constructor(options: DownloadAccessOptions) {
    this.#options = options
  }

  /** Whether the request may have symbols; `pathToken` is the one in its path. A wrong token is refused even where none is needed. */
  async check(
    pathToken: string | undefined,
    request: IncomingMessage,
  ): Promise<'anonymous' | 'authenticated' | 'denied'> {
    const presented = pathToken ?? presentedToken(request)
    if (presented === undefined) {
      if (this.#mayBeAnonymous(request)) return 'anonymous'
      return sessionIn(this.#options.sessions, request) === undefined ? 'denied' : 'authenticated'
    }
    const check = await this.#options.gate.check(presented, request, MAX_DELAY_MS)
    if (check.kind === 'invalid') return 'denied'
    // In URLs, which end up in logs and histories, only the narrowest scope works.
    return pathToken !== undefined && check.token.scope !== 'download' ? 'denied' : 'authenticated'
  }

  /** Whether shared caches may keep what such a requester got: they would hand it to other networks, too. */
  cacheability(access: 'anonymous' | 'authenticated'): 'public' | 'private' {
    return access === 'anonymous' && this.#options.anonymousFrom.isEmpty ? 'public' : 'private'
  }

  #mayBeAnonymous(request: IncomingMessage): boolean {
    const { anonymousDownload, anonymousFrom, trustedProxies } = this.#options
    if (!anonymousDownload || anonymousFrom.isEmpty) return anonymousDownload
    return anonymousFrom.has(clientOf(request, trustedProxies).address)
  }
}
