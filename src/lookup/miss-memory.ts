import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { MissPosition, MissRecord, MissTable, MissWrite } from '../db/miss-table.ts'
import { identityKey } from '../symbols/identity.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'

/** Misses kept in front of the database: about 20 MB when full. */
const MAX_RECENT = 50_000

/** Writes gathered before they go to the database in one transaction. */
const MAX_PENDING = 500
const FLUSH_AFTER_MS = 1000

/** Identities whose misses are forgotten at once. */
const IDENTITIES_PER_STEP = 500

/** Misses that a search reads at once: a million rows are looked through in steps of a millisecond or two. */
const SEARCH_STEP = 500

/** A question for a known miss moves its `requestedAt` in the database at most this often. */
const REQUEST_STEP_MS = 60_000

/** Clocks are put right by this much all the time. */
const CLOCK_SLACK_MS = 60_000

/** What is remembered of a request. */
type Asked = Pick<SymbolPath, 'canonical' | 'identities'>
/** Which misses are meant: of one upstream, of one path, with this text (without case) in the path; of all that is given. */
export interface MissFilter {
  readonly upstream?: string | undefined
  readonly path?: string | undefined
  readonly text?: string | undefined
}

export interface MissMemoryOptions {
  readonly table: MissTable
  /** A miss that nobody asked for in this time is forgotten; Infinity keeps it. */
  readonly forgetAfterMs: number
  readonly maxEntries: number
  readonly now?: () => number
}

/**
 * Remembers what upstreams do not have, per upstream and path, with SymProxy's rules: a miss holds for
 * the upstream's retry time, is moved to now by each failed question after it, goes when the file is
 * found or uploaded, and is forgotten when nobody asks for it any more.
 */
export class MissMemory {
  readonly #table: MissTable
  readonly #forgetAfterMs: number
  readonly #requestStepMs: number
  readonly #maxEntries: number
  readonly #now: () => number
  readonly #recent = new LRUCache<string, MissRecord>({ max: MAX_RECENT })
  /** Those that recent misses are of, and some that they were of. */
  readonly #upstreams = new Set<string>()
  readonly #pending = new Map<string, MissWrite>()
  #flushTimer: NodeJS.Timeout | undefined

  constructor({ table, forgetAfterMs, maxEntries, now = Date.now }: MissMemoryOptions) {
    this.#table = table
    this.#forgetAfterMs = forgetAfterMs
    this.#requestStepMs = Math.min(REQUEST_STEP_MS, forgetAfterMs / 2)
    this.#maxEntries = maxEntries
    this.#now = now
  }

  /** Whether the upstream is known not to have the path, and need not be asked again yet. */
  isRemembered(upstream: { name: string; missRetryAfterMs: number }, path: Asked): boolean {
    const key = missKey(upstream.name, path.canonical)
    const miss =
      this.#recent.get(key) ??
      this.#pending.get(key) ??
      this.#table.get(upstream.name, path.canonical)
    if (miss === undefined) return false
    const now = this.#now()
    if (now - miss.checkedAtMs >= upstream.missRetryAfterMs) return false
    // Of a clock that has been set back since: nobody knows how old it is.
    if (miss.checkedAtMs - now > CLOCK_SLACK_MS) return false
    if (now - miss.requestedAtMs >= this.#forgetAfterMs) return false
    if (now - miss.requestedAtMs < this.#requestStepMs) {
      this.#keep(key, miss)
      return true
    }
    const requested = { ...miss, requestedAtMs: now }
    this.#keep(key, requested)
    this.#write({ ...requested, identities: path.identities.map(identityKey) })
    return true
  }

  /** Remembers that the upstream does not have the path. */
  remember(upstream: string, path: Asked): void {
    const now = this.#now()
    const miss = { upstream, path: path.canonical, checkedAtMs: now, requestedAtMs: now }
    this.#keep(missKey(upstream, path.canonical), miss)
    this.#write({ ...miss, identities: path.identities.map(identityKey) })
  }

  /** Forgets the upstream's miss, since it has the path after all. */
  forget(upstream: string, path: Asked): void {
    const key = missKey(upstream, path.canonical)
    this.#pending.delete(key)
    this.#recent.delete(key)
    try {
      this.#table.remove(upstream, path.canonical)
    } catch {
      // The disk is full: one that has never been checked hides the row.
      const never = { checkedAtMs: -Infinity, requestedAtMs: -Infinity }
      this.#keep(key, { upstream, path: path.canonical, ...never })
    }
  }

  /** Forgets all misses of these identities (as index keys). */
  async forgetIdentities(identities: readonly string[]): Promise<void> {
    for (let start = 0; start < identities.length; start += IDENTITIES_PER_STEP) {
      if (start > 0) await setImmediate()
      this.#forgetStep(identities.slice(start, start + IDENTITIES_PER_STEP))
    }
  }

  /** Up to `limit` misses that the filter means, in the order of upstream and path, after the one given. */
  async search(
    filter: MissFilter,
    { after, limit }: { readonly after?: MissPosition | undefined; readonly limit: number },
  ): Promise<readonly MissRecord[]> {
    const found: MissRecord[] = []
    for await (const misses of this.#steps(filter, after)) {
      found.push(...misses)
      if (found.length >= limit) return found.slice(0, limit)
    }
    return found
  }

  /** Forgets the misses that the filter means, so that upstreams are asked again; gives how many they were. */
  async forgetMatching(filter: MissFilter): Promise<number> {
    let forgotten = 0
    for await (const misses of this.#steps(filter, undefined)) {
      this.#table.removeAll(misses)
      for (const { upstream, path } of misses) {
        this.#pending.delete(missKey(upstream, path))
        this.#recent.delete(missKey(upstream, path))
      }
      forgotten += misses.length
    }
    return forgotten
  }

  /** Drops what `forgetAfterMs` and `maxEntries` say, in steps between which other work runs. */
  async sweep(): Promise<void> {
    this.flush()
    const before = this.#now() - this.#forgetAfterMs
    let excess = Math.max(0, this.#table.count() - this.#maxEntries)
    for (;;) {
      const gone = this.#table.sweep(before, excess)
      if (gone === 0) return
      excess = Math.max(0, excess - gone)
      await setImmediate()
    }
  }

  /** Writes what is pending to the database, or drops it where the disk is full. */
  flush(): void {
    clearTimeout(this.#flushTimer)
    this.#flushTimer = undefined
    const misses = [...this.#pending.values()]
    this.#pending.clear()
    if (misses.length === 0) return
    try {
      this.#table.put(misses)
    } catch {
      // A lost miss costs one more question after a restart; that is no reason to fail anything.
    }
  }

  /** The misses that the filter means, a few at a time, with other work in between. */
  async *#steps(
    { upstream, path, text }: MissFilter,
    after: MissPosition = { upstream: upstream ?? '', path: '' },
  ): AsyncGenerator<readonly MissRecord[]> {
    this.flush()
    const wanted = text?.toLowerCase() ?? ''
    const wantedPath = path?.toLowerCase()
    let position: MissPosition | undefined = after
    while (position !== undefined) {
      const misses = this.#table.after(position, SEARCH_STEP)
      yield misses.filter(
        (miss) =>
          (upstream === undefined || miss.upstream === upstream) &&
          (wantedPath === undefined || miss.path === wantedPath) &&
          miss.path.includes(wanted),
      )
      const last = misses.at(-1)
      const isBeyond = upstream !== undefined && last !== undefined && last.upstream > upstream
      position = misses.length < SEARCH_STEP || isBeyond ? undefined : last
      await setImmediate()
    }
  }

  #forgetStep(identities: readonly string[]): void {
    this.flush()
    const paths = this.#table.removeFor(identities)
    for (const path of paths)
      for (const upstream of this.#upstreams) this.#recent.delete(missKey(upstream, path))
  }

  #keep(key: string, miss: MissRecord): void {
    this.#upstreams.add(miss.upstream)
    this.#recent.set(key, miss)
  }

  #write(miss: MissWrite): void {
    this.#pending.set(missKey(miss.upstream, miss.path), miss)
    if (this.#pending.size >= MAX_PENDING) this.flush()
    this.#flushTimer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS).unref()
  }
}

function missKey(upstream: string, path: string): string {
  return `${upstream}\0${path}`
}
