import type { IncomingMessage } from 'node:http'
import type { Networks } from '../lib/networks.ts'
import { clientOf } from './client-of.ts'

export interface OwnAddressOptions {
  readonly publicUrl: string | undefined
  readonly trustedProxies: Networks
}

/** The address under which clients reach this server, for answers that must name it. */
export class OwnAddress {
  readonly #options: OwnAddressOptions

  constructor(options: OwnAddressOptions) {
    this.#options = options
  }

  /** The configured address, or else the one that the request was sent to; without a slash at its end. */
  of(request: Pick<IncomingMessage, 'socket' | 'headers' | 'url'>): string {
    const { publicUrl, trustedProxies } = this.#options
    if (publicUrl !== undefined) return publicUrl
    const { isSecure, host = 'localhost' } = clientOf(request, trustedProxies)
    return `${isSecure ? 'https' : 'http'}://${host}`
  }
}
