import { createHmac } from 'node:crypto'
import { request } from 'undici'
import { VERSION } from '../version.ts'
import type { Channel } from './channel.ts'
import { channelKey } from './channel-key.ts'
import type { Notification } from './notification.ts'

/** How long a receiver has to answer. */
const TIMEOUT_MS = 15_000

/** What is read of an answer, which nobody looks at. */
const MAX_ANSWER_BYTES = 64 << 10

/** Digits of the key in a label. */
const LABEL_DIGITS = 6

export interface WebhookSettings {
  readonly url: string
  /** Undefined: the requests are not signed. */
  readonly secret: string | undefined
  readonly events: readonly Notification['event'][]
}

/**
 * Posts notifications as JSON. `X-Symgate-Signature` is `sha256=` and the HMAC-SHA256 of the body by the
 * secret, in hex. Any 2xx is taken for arrival; redirects are not followed.
 */
export class WebhookChannel implements Channel {
  readonly kind = 'webhook'
  readonly key: string
  readonly label: string
  readonly #settings: WebhookSettings

  constructor(settings: WebhookSettings) {
    this.#settings = settings
    this.key = channelKey('webhook', settings.url)
    // Paths of chat services hold their secret: the key's last digits tell two of one host apart.
    this.label = `${new URL(settings.url).origin} (${this.key.slice(-LABEL_DIGITS)})`
  }

  wants({ event }: Notification): boolean {
    return this.#settings.events.includes(event)
  }

  async send(notification: Notification, id: number, signal: AbortSignal): Promise<void> {
    const { url, secret } = this.#settings
    const body = JSON.stringify(notification)
    const { statusCode, body: answer } = await request(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': `symgate/${VERSION}`,
        'x-symgate-event': notification.event,
        'x-symgate-delivery': String(id),
        ...(secret !== undefined && {
          'x-symgate-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
        }),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    await answer.dump({ limit: MAX_ANSWER_BYTES }).catch(() => {})
    if (statusCode < 200 || statusCode > 299) throw new Error(`it answered ${statusCode}`)
  }

  close(): void {}
}
