import type { DueDelivery, NotificationTable } from '../db/notification-table.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Channel } from './channel.ts'
import type { Notification } from './notification.ts'

/** Pauses between tries: one second, four times as long each time, at most an hour. */
const FIRST_PAUSE_MS = 1000
const PAUSE_FACTOR = 4
const MAX_PAUSE_MS = 3_600_000

/** Until the next look after trouble with the queue itself. */
const STANDSTILL_MS = 60_000

/** After this time a notification is given up. */
const MAX_AGE_MS = 24 * 3_600_000

/** Longest error that is kept. */
const MAX_ERROR_CHARACTERS = 500

export interface DelivererOptions {
  readonly table: NotificationTable
  readonly metrics: Metrics
  readonly log: Logger
  readonly now?: () => number
}

/** Sends what waits for one channel, one after the other, and tries again what failed: at least once each. */
export class Deliverer {
  readonly #channel: Channel
  readonly #options: DelivererOptions
  readonly #now: () => number
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  /** Something may have become due since the running round last looked. */
  #isWoken = false

  constructor(channel: Channel, options: DelivererOptions) {
    this.#channel = channel
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Looks for what is due; harmless at any time. */
  wake(): void {
    if (this.#stop.signal.aborted) return
    if (this.#running !== undefined) {
      this.#isWoken = true
      return
    }
    clearTimeout(this.#timer)
    this.#isWoken = false
    this.#running = this.#run()
      .catch((err: unknown) => {
        this.#options.log.error({ err, channel: this.#channel.label }, 'notifications stand still')
        this.#sleep(STANDSTILL_MS)
      })
      .finally(() => {
        this.#running = undefined
        if (this.#isWoken) this.wake()
      })
  }

  /** Cuts off what is being sent, which stays in the queue. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the server stops'))
    clearTimeout(this.#timer)
    this.#channel.close()
    await this.#running
  }

  async #run(): Promise<void> {
    const { table } = this.#options
    const { key } = this.#channel
    while (!this.#stop.signal.aborted) {
      const delivery = table.due(key, this.#now())
      if (delivery === undefined) break
      await this.#deliver(delivery)
    }
    const nextAt = table.nextAt(key)
    if (nextAt !== undefined) this.#sleep(nextAt - this.#now())
  }

  #sleep(pauseMs: number): void {
    if (this.#stop.signal.aborted) return
    clearTimeout(this.#timer)
    // A clock that was set back far makes a pause that no timer holds.
    const boundMs = Math.min(MAX_PAUSE_MS, Math.max(0, pauseMs))
    this.#timer = setTimeout(() => this.wake(), boundMs).unref()
  }

  async #deliver(delivery: DueDelivery): Promise<void> {
    const { table, metrics, log } = this.#options
    const { kind, label } = this.#channel
    const facts = { channel: label, event: delivery.event, package: delivery.packageId }
    try {
      await this.#channel.send(parsed(delivery.payload), delivery.id, this.#stop.signal)
    } catch (err) {
      if (this.#stop.signal.aborted) return
      const error = (err instanceof Error ? err.message : String(err)).slice(
        0,
        MAX_ERROR_CHARACTERS,
      )
      const isOver = this.#now() - delivery.createdAtMs >= MAX_AGE_MS
      const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * PAUSE_FACTOR ** delivery.attempts)
      table.settle(
        delivery.id,
        isOver ? 'given_up' : 'waiting',
        error,
        this.#now() + (isOver ? 0 : pauseMs),
      )
      metrics.notifications.inc({ channel: kind, outcome: isOver ? 'given_up' : 'failed' })
      log.warn(
        { ...facts, err, attempt: delivery.attempts + 1 },
        isOver ? 'notification given up' : 'notification failed',
      )
      return
    }
    table.settle(delivery.id, 'sent', undefined, this.#now())
    metrics.notifications.inc({ channel: kind, outcome: 'sent' })
    log.info(facts, 'notification sent')
  }
}

/** What we wrote ourselves. */
function parsed(payload: string): Notification {
  const notification: unknown = JSON.parse(payload)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has never left our database
  return notification as Notification
}
