import { request, type Dispatcher } from 'undici'
import { createDispatcher } from './create-dispatcher.ts'
import type { NetworkSettings } from './upstream-settings.ts'

/** As far as the SDK's requests are read here. */
interface SdkRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined
  readonly headers: Readonly<Record<string, string>>
}

interface SdkResponse {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: Dispatcher.ResponseData['body']
}

/** Only for a guard that does not apply: requests go where the settings say, redirects are not followed. */
const ANYWHERE = 'https://s3.amazonaws.com'

/** Carries the SDK's requests over an upstream's own connections, with its timeouts, proxy and certificates. */
export class S3Transport {
  readonly metadata = { handlerProtocol: 'http/1.1' }
  readonly #dispatcher: Dispatcher
  readonly #userAgent: string

  /** Throws `config_invalid` for settings that cannot work. */
  constructor(settings: NetworkSettings) {
    this.#dispatcher = createDispatcher(ANYWHERE, { ...settings, allowPrivateAddresses: true })
    this.#userAgent = settings.userAgent
  }

  /** Sends a request without a body; rejects with undici's error. */
  async handle(
    { protocol, hostname, port, method, path, query, headers }: SdkRequest,
    options: { readonly abortSignal?: unknown } = {},
  ): Promise<{ response: SdkResponse }> {
    const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`
    const { abortSignal } = options
    const answer = await request(`${origin}${path}${queryOf(query)}`, {
      dispatcher: this.#dispatcher,
      method: method === 'HEAD' ? 'HEAD' : 'GET',
      headers: { ...headers, 'user-agent': this.#userAgent },
      ...(abortSignal instanceof AbortSignal && { signal: abortSignal }),
    })
    const received: Record<string, string> = {}
    for (const [name, value] of Object.entries(answer.headers)) received[name] = String(value)
    const { statusCode, body } = answer
    return { response: { statusCode, headers: received, body } }
  }

  /** Nothing of it can be changed by the SDK. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {}
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy()
  }
}

function queryOf(query: SdkRequest['query']): string {
  const parts = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each ?? '')}`),
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}
