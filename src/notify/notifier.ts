import type { MissingRecord } from '../db/missing-record.ts'
import type { PackageRecord } from '../db/package-record.ts'
import type { Channel } from './channel.ts'
import { Deliverer, type DelivererOptions } from './deliverer.ts'
import { foundNotifications } from './found-notifications.ts'
import type { Notification } from './notification.ts'
import { packageNotification } from './package-notification.ts'

/** Notifications that wait; what comes beyond is dropped, for nobody has received any for long. */
const MAX_WAITING = 10_000

export interface NotifierOptions extends DelivererOptions {
  readonly channels: readonly Channel[]
}

/** Tells people and programs of packages, through a queue that outlives a restart. Never fails anything. */
export class Notifier {
  readonly #options: NotifierOptions
  readonly #routes: readonly { readonly channel: Channel; readonly deliverer: Deliverer }[]

  constructor(options: NotifierOptions) {
    this.#options = options
    this.#routes = options.channels.map((channel) => ({
      channel,
      deliverer: new Deliverer(channel, options),
    }))
  }

  /** Begins to send what an earlier process left in the queue; what was for channels that are gone is given up. */
  start(): void {
    const { table, now = Date.now } = this.#options
    const keys = this.#routes.map(({ channel }) => channel.key)
    table.giveUpStrangers(keys, 'its channel is not configured any more', now())
    for (const { deliverer } of this.#routes) deliverer.wake()
  }

  /**
   * Tells of a package that has got its verdict, and of what had been missing and came with it. Packages that no
   * token brought are an import's, in thousands and old: of these only what had been missing is told.
   */
  packageFinished(record: PackageRecord, found: readonly MissingRecord[]): void {
    const { id, tag, receivedAtMs, finishedAtMs = receivedAtMs } = record
    this.#tell([
      ...(record.tokenId === undefined ? [] : [packageNotification(record)]),
      ...foundNotifications({ package: { id, tag }, upstream: null }, finishedAtMs, found),
    ])
  }

  /** Tells of what had been missing and came from an upstream. */
  fillsFound(upstream: string, found: readonly MissingRecord[]): void {
    const { now = Date.now } = this.#options
    this.#tell(foundNotifications({ package: null, upstream }, now(), found))
  }

  /** Stops sending; what waits stays in the queue. */
  async close(): Promise<void> {
    await Promise.all(this.#routes.map(({ deliverer }) => deliverer.close()))
  }

  #tell(notifications: readonly Notification[]): void {
    if (this.#routes.length === 0) return
    for (const notification of notifications) {
      try {
        this.#queue(notification)
      } catch (err) {
        const facts = { err, event: notification.event, package: notification.package?.id }
        this.#options.log.error(facts, 'notification could not be queued')
      }
    }
  }

  #queue(notification: Notification): void {
    const { table, metrics, log, now = Date.now } = this.#options
    const { event, package: pack } = notification
    for (const { channel, deliverer } of this.#routes) {
      if (!channel.wants(notification)) continue
      if (table.count('waiting') >= MAX_WAITING) {
        metrics.notifications.inc({ channel: channel.kind, outcome: 'dropped' })
        log.error({ channel: channel.label, package: pack?.id }, 'too many notifications wait')
        continue
      }
      const { key, label } = channel
      const delivery = { channel: key, label, event, packageId: pack?.id }
      table.add(delivery, JSON.stringify(notification), now())
      deliverer.wake()
    }
  }
}
