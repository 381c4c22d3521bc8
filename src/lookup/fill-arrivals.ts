import type { MissingRecord } from '../db/missing-record.ts'
import type { MissingList } from './missing-list.ts'

/** Fills are gathered this long before the missing list is looked at for them. */
const FLUSH_AFTER_MS = 1000

/** Identities that are gathered; as many are looked up at once. */
const MAX_PENDING = 10_000

export interface FillArrivalsOptions {
  readonly missing: Pick<MissingList, 'markFound'>
  /** Told of what had been missing and came from an upstream; must not throw. */
  readonly found: (upstream: string, records: readonly MissingRecord[]) => void
  /** Told why nothing could be marked. */
  readonly failed: (error: unknown) => void
}

/** Marks what fills bring as found in the missing list: noted in memory, looked up in batches. */
export class FillArrivals {
  readonly #options: FillArrivalsOptions
  #pending = new Map<string, string>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: FillArrivalsOptions) {
    this.#options = options
  }

  /** Notes what an upstream has brought, by identities as index keys. Cheap. */
  note(identities: readonly string[], upstream: string): void {
    for (const identity of identities) this.#pending.set(identity, upstream)
    if (this.#pending.size >= MAX_PENDING) return void this.flush()
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS).unref()
  }

  /** Marks what has been noted. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const arrived = Map.groupBy(this.#pending, ([, upstream]) => upstream)
    this.#pending = new Map()
    const { missing, found, failed } = this.#options
    for (const [upstream, entries] of arrived) {
      const identities = entries.map(([identity]) => identity)
      try {
        const records = await missing.markFound(identities, { upstream })
        if (records.length > 0) found(upstream, records)
      } catch (error) {
        failed(error)
      }
    }
  }
}
