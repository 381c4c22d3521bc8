import type { IncomingMessage } from 'node:http'
import type { FailedChecks } from '../access/failed-checks.ts'
import type { TokenCheck, TokenService } from '../access/token-service.ts'
import { networkOf } from '../lib/network-of.ts'
import type { Networks } from '../lib/networks.ts'
import { clientOf } from './client-of.ts'

export interface TokenGateOptions {
  readonly tokens: TokenService
  readonly failures: FailedChecks
  readonly trustedProxies: Networks
}

/** Where every token that a request presents is checked. */
export class TokenGate {
  readonly #options: TokenGateOptions

  constructor(options: TokenGateOptions) {
    this.#options = options
  }

  /** Finds out what the token is worth; to whoever has presented many wrong ones «invalid» comes late. */
  async check(
    presented: string,
    request: Pick<IncomingMessage, 'socket' | 'headers'> | undefined,
    maxDelayMs?: number,
  ): Promise<TokenCheck> {
    const { tokens, failures, trustedProxies } = this.#options
    const check = tokens.check(presented)
    if (check.kind === 'invalid' && request !== undefined)
      // Within its IPv6 network a client takes whatever address it likes.
      await failures.failed(networkOf(clientOf(request, trustedProxies).address), maxDelayMs)
    return check
  }
}
