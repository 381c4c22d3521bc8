import type { IncomingMessage } from 'node:http'
import type { FailedChecks } from '../access/failed-checks.ts'
import type { TokenCheck, TokenInfo, TokenService } from '../access/token-service.ts'
import { AppError } from '../lib/app-error.ts'
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
    request: Pick<IncomingMessage, 'socket' | 'headers' | 'url'> | undefined,
    maxDelayMs?: number,
  ): Promise<TokenCheck> {
    const { tokens, failures, trustedProxies } = this.#options
    const check = tokens.check(presented)
    if (check.kind === 'invalid' && request !== undefined)
      // Within its IPv6 network a client takes whatever address it likes.
      await failures.failed(networkOf(clientOf(request, trustedProxies).address), maxDelayMs)
    return check
  }

  /**
   * The token, where there has to be one that is known and in force, whatever its scope. Fails with `token_missing`, which
   * says `missing`, or `token_invalid`, which ends with `needed`.
   */
  async require(
    presented: string | undefined,
    request: Pick<IncomingMessage, 'socket' | 'headers' | 'url'> | undefined,
    { missing = 'this needs a token', needed = '' } = {},
  ): Promise<TokenInfo> {
    if (presented === undefined) throw new AppError('token_missing', missing)
    const check = await this.check(presented, request)
    if (check.kind === 'invalid')
      throw new AppError('token_invalid', `invalid token: it is ${check.reason}${needed}`)
    return check.token
  }
}
