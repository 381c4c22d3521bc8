import type { Readable } from 'node:stream'
import { request, type Dispatcher } from 'undici'
import { createDispatcher } from './create-dispatcher.ts'
import { hasPrivateAddress } from './has-private-address.ts'
import { requestTrouble } from './request-trouble.ts'
import type { NetworkSettings } from './upstream-settings.ts'
import type { UpstreamTrouble } from './upstream.ts'

/** Redirects followed for one file: msdl needs one, chains beyond this are loops. */
const MAX_REDIRECTS = 5

/** The head of an answer, and its body as it comes. */
export interface HttpAnswer {
  readonly kind: 'answer'
  readonly status: number
  readonly headers: Dispatcher.ResponseData['headers']
  readonly body: Dispatcher.ResponseData['body'] & Readable
}

/** Headers of one request. */
export interface HttpHeaders {
  /** For the upstream and wherever it redirects to. */
  readonly everywhere: Readonly<Record<string, string>>
  /** For the upstream's own origin alone: credentials. */
  readonly own: Readonly<Record<string, string>>
}

/** GET requests to one upstream, over its own connections. */
export class HttpClient {
  readonly dispatcher: Dispatcher
  readonly #origin: URL
  readonly #settings: NetworkSettings

  /** Throws `config_invalid` for settings that cannot work. */
  constructor(url: string, settings: NetworkSettings) {
    this.dispatcher = createDispatcher(url, settings)
    this.#origin = new URL(url)
    this.#settings = settings
  }

  /**
   * Asks for a URL and follows its redirects. Resolves the first answer that is none, whatever its status, or the
   * trouble that there was instead; rejects when the signal is aborted.
   */
  async get(
    url: string,
    headers: HttpHeaders,
    signal: AbortSignal,
  ): Promise<HttpAnswer | UpstreamTrouble> {
    const { totalMs } = this.#settings.timeouts
    const deadline =
      totalMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(totalMs)])
    let target = new URL(url)
    try {
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const response = await request(target, {
          dispatcher: this.dispatcher,
          headers: this.#headersFor(target, headers),
          signal: deadline,
        })
        const next = redirectTarget(response, target)
        if (next === undefined) {
          const { statusCode, headers: received, body } = response
          return { kind: 'answer', status: statusCode, headers: received, body }
        }
        // The target is often a short-lived signed address: followed at once, never kept (msdl).
        await response.body.dump()
        if (!this.#mayGoTo(next)) {
          return redirectTrouble(`redirected to the private address ${next.host}`)
        }
        target = next
      }
      return redirectTrouble(`more than ${MAX_REDIRECTS} redirects`)
    } catch (error) {
      if (signal.aborted) throw error
      return requestTrouble(error, this.#settings.proxy !== undefined)
    }
  }

  async close(): Promise<void> {
    await this.dispatcher.destroy()
  }

  #headersFor(target: URL, { everywhere, own }: HttpHeaders): Record<string, string> {
    const common = { 'user-agent': this.#settings.userAgent, ...everywhere }
    return target.origin === this.#origin.origin ? { ...common, ...own } : common
  }

  #mayGoTo(target: URL): boolean {
    return (
      this.#settings.allowPrivateAddresses ||
      target.hostname === this.#origin.hostname ||
      !hasPrivateAddress(target)
    )
  }
}

function redirectTarget(
  { statusCode, headers }: Dispatcher.ResponseData,
  from: URL,
): URL | undefined {
  if (statusCode < 300 || statusCode > 399 || typeof headers.location !== 'string') return undefined
  const target = URL.parse(headers.location, from.href)
  return target !== null && /^https?:$/.test(target.protocol) ? target : undefined
}

function redirectTrouble(cause: string): UpstreamTrouble {
  return { kind: 'trouble', stage: 'download', blame: 'file', cause, reason: 'answer' }
}
