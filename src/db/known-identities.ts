import { setImmediate } from 'node:timers/promises'
import type { Database, Statement } from 'better-sqlite3'
import { BloomFilter } from '../lib/bloom-filter.ts'

/** Identities read at once: about a millisecond of the event loop. */
const STEP = 500

/** The filter has room for this many, or twice what there is at the start. */
const MIN_ENTRIES = 1_000_000

/**
 * Tells of most identities that no blob has that this is so, without a query. What the index holds is read
 * in small steps after the start; until all is read, any identity may be known.
 */
export class KnownIdentities {
  readonly #database: Database
  readonly #next: Statement<[string], { identity: string }>
  readonly #early: string[] = []
  #filter: BloomFilter | undefined
  #isComplete = false
  readonly #reading: Promise<void>

  constructor(database: Database) {
    this.#database = database
    this.#next = database.prepare(
      `SELECT identity FROM identities WHERE identity > ? ORDER BY identity LIMIT ${STEP}`,
    )
    // What cannot be read leaves every identity possible; whoever asks for it is told why.
    this.#reading = this.#readAll().catch(() => {})
  }

  add(identity: string): void {
    if (this.#filter === undefined) this.#early.push(identity)
    this.#filter?.add(identity)
  }

  /** False only when no blob has the identity. */
  mayHave(identity: string): boolean {
    return !this.#isComplete || this.#filter === undefined || this.#filter.mayHave(identity)
  }

  /** Resolves when all is read, or the database closed before, or cannot be read. */
  ready(): Promise<void> {
    return this.#reading
  }

  async #readAll(): Promise<void> {
    let count = 0
    for await (const step of this.#steps()) count += step.length
    const filter = new BloomFilter(Math.max(MIN_ENTRIES, count * 2))
    for (const identity of this.#early.splice(0)) filter.add(identity)
    this.#filter = filter
    for await (const step of this.#steps()) for (const { identity } of step) filter.add(identity)
    this.#isComplete = this.#database.open
  }

  /** All identities in their order, with other work between the steps; ends early when the database is closed. */
  async *#steps(): AsyncGenerator<readonly { identity: string }[]> {
    for (let last = ''; ;) {
      await setImmediate()
      if (!this.#database.open) return
      const step = this.#next.all(last)
      yield step
      const end = step.at(-1)
      if (end === undefined) return
      last = end.identity
    }
  }
}
