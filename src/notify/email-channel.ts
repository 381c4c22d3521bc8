import { createTransport, type Transporter } from 'nodemailer'
import { matchesWildcard } from '../lib/matches-wildcard.ts'
import type { Channel } from './channel.ts'
import { channelKey } from './channel-key.ts'
import type { Notification } from './notification.ts'
import { packageMail } from './package-mail.ts'

/** How long a mail server may be silent. */
const TIMEOUT_MS = 30_000

export interface EmailSettings {
  /** `smtp:` (STARTTLS where the server has it) or `smtps:`, with user and password in it. */
  readonly smtp: string
  readonly from: string
  readonly to: readonly string[]
  /** `failed`: also packages with an alert. */
  readonly on: 'failed' | 'always'
  /** Patterns of the tags whose packages are told of. */
  readonly tags: readonly string[]
}

/** Sends mails about packages. */
export class EmailChannel implements Channel {
  readonly kind = 'email'
  readonly key: string
  readonly label: string
  readonly #settings: EmailSettings
  readonly #transport: Transporter

  constructor(settings: EmailSettings) {
    this.#settings = settings
    const { hostname, port, protocol, username, password } = new URL(settings.smtp)
    const isSecure = protocol === 'smtps:'
    this.key = channelKey('email', hostname, port, settings.from, ...settings.to)
    this.label = `${settings.to.join(', ')} by ${hostname}`
    this.#transport = createTransport({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (isSecure ? 465 : 587) : Number(port),
      secure: isSecure,
      // A password never goes over the wire in the clear.
      requireTLS: !isSecure && username !== '',
      ...(username !== '' && {
        auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
      }),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      // A path or URL in what strangers named is never to be opened.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  wants(notification: Notification): boolean {
    if (notification.event !== 'package') return false
    const { on, tags } = this.#settings
    const { tag, verdict, alerts } = notification.package
    if (!tags.some((pattern) => matchesWildcard(pattern, tag))) return false
    return on === 'always' || verdict === 'failed' || alerts > 0
  }

  async send(notification: Notification, id: number): Promise<void> {
    if (notification.event !== 'package') return
    const { from, to } = this.#settings
    await this.#transport.sendMail({
      from,
      to: [...to],
      ...packageMail(notification),
      headers: { 'X-Symgate-Delivery': String(id), 'Auto-Submitted': 'auto-generated' },
    })
  }

  close(): void {
    this.#transport.close()
  }
}
