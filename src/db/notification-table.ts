import type { Database, Statement } from 'better-sqlite3'

/** Deliveries that are over and kept to be looked at. */
const MAX_FINISHED = 1000

/** Stands in the column, which takes no NULL. */
const NO_PACKAGE = ''

/** What became of a delivery. */
export type DeliveryState = 'waiting' | 'sent' | 'given_up'

/** One notification on its way by one channel. Times in milliseconds since 1970. */
export interface DeliveryRecord {
  readonly id: number
  /** The channel's key. */
  readonly channel: string
  /** Where it leads, for people. */
  readonly label: string
  readonly event: string
  /** The package it tells of, if it is of one. */
  readonly packageId: string | undefined
  readonly state: DeliveryState
  /** How often it was tried. */
  readonly attempts: number
  /** What was wrong the last time. */
  readonly error: string | undefined
  readonly createdAtMs: number
  /** When it is to be tried next, or was over. */
  readonly atMs: number
}

/** A delivery that is due, with what is to be sent as JSON. */
export interface DueDelivery extends DeliveryRecord {
  readonly payload: string
}

interface Row {
  readonly id: number
  readonly channel: string
  readonly label: string
  readonly event: string
  readonly package_id: string
  readonly payload: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly error: string | null
  readonly created_at: number
  readonly at: number
}

/** The queue of notifications: what waits in it outlives a restart. */
export class NotificationTable {
  readonly #insert: Statement<[string, string, string, string, string, number, number]>
  readonly #due: Statement<[string, number], Row>
  readonly #nextAt: Statement<[string], { at: number | null }>
  readonly #settle: Statement<[string, string | null, number, number]>
  readonly #count: Statement<[string], { count: number }>
  readonly #list: Statement<[number, number], Row>
  readonly #strangers: Statement<[string, number, string]>
  readonly #trim: Statement<[number]>

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO notifications (channel, label, event, package_id, payload, state, attempts, created_at, at)
       VALUES (?, ?, ?, ?, ?, 'waiting', 0, ?, ?)`,
    )
    this.#due = database.prepare(
      "SELECT * FROM notifications WHERE channel = ? AND state = 'waiting' AND at <= ? ORDER BY at, id LIMIT 1",
    )
    this.#nextAt = database.prepare(
      "SELECT min(at) AS at FROM notifications WHERE channel = ? AND state = 'waiting'",
    )
    this.#settle = database.prepare(
      'UPDATE notifications SET state = ?, error = ?, at = ?, attempts = attempts + 1 WHERE id = ?',
    )
    this.#count = database.prepare('SELECT count(*) AS count FROM notifications WHERE state = ?')
    this.#list = database.prepare(
      'SELECT * FROM notifications WHERE id < ? ORDER BY id DESC LIMIT ?',
    )
    this.#strangers = database.prepare(
      `UPDATE notifications SET state = 'given_up', error = ?, at = ?
       WHERE state = 'waiting' AND channel NOT IN (SELECT value FROM json_each(?))`,
    )
    this.#trim = database.prepare(
      `DELETE FROM notifications WHERE state <> 'waiting' AND id <=
        (SELECT id FROM notifications WHERE state <> 'waiting' ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    )
  }

  /** Puts a notification into the queue, due at once. */
  add(
    delivery: Pick<DeliveryRecord, 'channel' | 'label' | 'event' | 'packageId'>,
    payload: string,
    nowMs: number,
  ): void {
    const { channel, label, event, packageId } = delivery
    this.#insert.run(channel, label, event, packageId ?? NO_PACKAGE, payload, nowMs, nowMs)
  }

  /** The delivery of this channel that is due and has waited longest, or undefined. */
  due(channel: string, nowMs: number): DueDelivery | undefined {
    const row = this.#due.get(channel, nowMs)
    return row && { ...toRecord(row), payload: row.payload }
  }

  /** When the next delivery of this channel is due, or undefined when none waits. */
  nextAt(channel: string): number | undefined {
    return this.#nextAt.get(channel)?.at ?? undefined
  }

  /** Notes how a try ended; `atMs` is when the next is due, or when it was over. Old ones that are over are forgotten. */
  settle(id: number, state: DeliveryState, error: string | undefined, atMs: number): void {
    this.#settle.run(state, error ?? null, atMs, id)
    if (state !== 'waiting') this.#trim.run(MAX_FINISHED)
  }

  /** Gives up what waits for channels that are not among these. */
  giveUpStrangers(channels: readonly string[], error: string, nowMs: number): void {
    this.#strangers.run(error, nowMs, JSON.stringify(channels))
  }

  /** How many are in this state. */
  count(state: DeliveryState): number {
    return this.#count.get(state)?.count ?? 0
  }

  /** Up to `limit` deliveries with an id below `before`, the newest first. */
  list(before: number, limit: number): readonly DeliveryRecord[] {
    return this.#list.all(before, limit).map(toRecord)
  }
}

function toRecord(row: Row): DeliveryRecord {
  return {
    id: row.id,
    channel: row.channel,
    label: row.label,
    event: row.event,
    packageId: row.package_id === NO_PACKAGE ? undefined : row.package_id,
    state: row.state,
    attempts: row.attempts,
    error: row.error ?? undefined,
    createdAtMs: row.created_at,
    atMs: row.at,
  }
}
