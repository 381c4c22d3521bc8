import { AppError } from './app-error.ts'

/** Of all permits, the most that one client holds, so that others never wait for the end of its work alone. */
const HELD_SHARE = 0.75

/** Of all places in the queue, the most that one client takes. */
const WAITING_SHARE = 0.25

/**
 * Lets at most `permits` holders run at once. A free permit goes to the client that holds the fewest, so that
 * each gets its share while others wait; the same client's work runs in order.
 *
 * `run` fails with `busy` at once when `maxWaiting` others wait already, or a quarter of them for this client.
 */
export class FairSemaphore {
  readonly #maxHeld: number
  readonly #maxWaiting: number
  readonly #held = new Map<string, number>()
  /** Who waits, by client; the client that was served last stands last. */
  readonly #waiting = new Map<string, (() => void)[]>()
  #waitingCount = 0
  #free: number

  constructor(permits: number, { maxWaiting = Infinity }: { maxWaiting?: number } = {}) {
    this.#free = permits
    this.#maxHeld = Math.ceil(permits * HELD_SHARE)
    this.#maxWaiting = maxWaiting
  }

  /** Runs `work` for the client when a permit is free, and gives the permit back whatever comes of it. */
  async run<T>(client: string, work: () => Promise<T>): Promise<T> {
    await this.#acquire(client)
    try {
      return await work()
    } finally {
      this.#release(client)
    }
  }

  async #acquire(client: string): Promise<void> {
    if (this.#free > 0 && this.#heldBy(client) < this.#maxHeld) return this.#take(client)
    const own = this.#waiting.get(client) ?? []
    if (
      this.#waitingCount >= this.#maxWaiting ||
      own.length >= Math.ceil(this.#maxWaiting * WAITING_SHARE)
    )
      throw new AppError('busy', 'too many requests wait already')
    await new Promise<void>((grant) => {
      own.push(grant)
      this.#waiting.set(client, own)
      this.#waitingCount++
    })
  }

  #release(client: string): void {
    const held = this.#heldBy(client) - 1
    if (held > 0) this.#held.set(client, held)
    else this.#held.delete(client)
    this.#free++
    while (this.#free > 0 && this.#grant());
  }

  /** Gives a free permit to whoever is to have it next; false when nobody may. */
  #grant(): boolean {
    let next: string | undefined
    let fewest = this.#maxHeld
    for (const client of this.#waiting.keys()) {
      const held = this.#heldBy(client)
      if (held >= fewest) continue
      next = client
      fewest = held
    }
    const own = next === undefined ? undefined : this.#waiting.get(next)
    const grant = own?.shift()
    if (next === undefined || own === undefined || grant === undefined) return false
    this.#waiting.delete(next)
    if (own.length > 0) this.#waiting.set(next, own)
    this.#waitingCount--
    this.#take(next)
    grant()
    return true
  }

  #take(client: string): void {
    this.#free--
    this.#held.set(client, this.#heldBy(client) + 1)
  }

  #heldBy(client: string): number {
    return this.#held.get(client) ?? 0
  }
}
