import type { Notification } from './notification.ts'

/** A way by which notifications go out. */
export interface Channel {
  readonly kind: 'email' | 'webhook'
  /** The same for the same settings, also after a restart; holds no secret. */
  readonly key: string
  /** For people: where it leads. */
  readonly label: string
  /** Whether this one is to go out by it. */
  wants(notification: Notification): boolean
  /**
   * Sends it; rejects when it is not certain that it arrived. `id` is the same for every try.
   */
  send(notification: Notification, id: number, signal: AbortSignal): Promise<void>
  close(): void
}
