import type { SkipRecord, SkipTable } from '../db/skip-table.ts'
import { identityKey } from '../symbols/identity.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { SkipRules } from '../upstream/upstream-rules.ts'

/** Entries kept, in memory and in the database; the oldest make room. */
const MAX_ENTRIES = 50_000

/** Failures that can be taken back when a host turns out to be down. */
const MAX_RECENT = 5000

interface RecentFailure {
  readonly upstream: string
  readonly path: string
  readonly atMs: number
}

/** What the list needs of a request. */
type Asked = Pick<SymbolPath, 'canonical' | 'identities'>

/**
 * Leaves files alone that failed on an upstream in too many fills. An entry begins with the first failure
 * and has effect from `afterFailedFills` on; it ends when the file is found or uploaded, when
 * `forgetAfterMs` has passed since the last failure, or when somebody removes it.
 */
export class SkipList {
  readonly #table: SkipTable
  readonly #now: () => number
  /** By upstream, then by path, the longest unchanged first. */
  readonly #entries = new Map<string, SkipRecord>()
  #recent: RecentFailure[] = []

  constructor(table: SkipTable, now: () => number = Date.now) {
    this.#table = table
    this.#now = now
    for (const skip of table.latest(MAX_ENTRIES).toReversed())
      this.#entries.set(keyOf(skip.upstream, skip.path), skip)
  }

  /** Whether the upstream is not to be asked for the path. */
  isSkipped(upstream: string, { canonical }: Asked, rules: SkipRules): boolean {
    if (this.#entries.size === 0) return false
    const skip = this.#entries.get(keyOf(upstream, canonical))
    if (skip === undefined) return false
    // Of whichever sign, for the clock may have been set back.
    const ageMs = Math.abs(this.#now() - skip.lastFailedAtMs)
    if (ageMs < rules.forgetAfterMs) return isInForce(skip, rules)
    this.#remove(skip)
    return false
  }

  /** Counts a fill in which the path failed on the upstream. */
  count(upstream: string, asked: Asked, cause: string, rules: SkipRules): void {
    if (rules.afterFailedFills === 0) return
    const { canonical: path } = asked
    const now = this.#now()
    const before = this.#entries.get(keyOf(upstream, path))
    const isOld = before !== undefined && now - before.lastFailedAtMs >= rules.forgetAfterMs
    this.#put({
      upstream,
      path,
      failedFills: (before === undefined || isOld ? 0 : before.failedFills) + 1,
      lastFailedAtMs: now,
      cause,
      identities: asked.identities.map(identityKey),
    })
    this.#recent.push({ upstream, path, atMs: now })
    if (this.#recent.length > MAX_RECENT) this.#recent = this.#recent.slice(-MAX_RECENT / 2)
  }

  /** Takes back what was counted on these upstreams since then: the host was down. */
  takeBack(upstreams: ReadonlySet<string>, sinceMs: number): void {
    const isOf = ({ upstream, atMs }: RecentFailure): boolean =>
      upstreams.has(upstream) && atMs >= sinceMs
    for (const { upstream, path } of this.#recent.filter(isOf)) {
      const skip = this.#entries.get(keyOf(upstream, path))
      if (skip === undefined) continue
      if (skip.failedFills === 1) this.#remove(skip)
      else this.#put({ ...skip, failedFills: skip.failedFills - 1 })
    }
    this.#recent = this.#recent.filter((failure) => !isOf(failure))
  }

  /** The upstream has the path after all. */
  forget(upstream: string, { canonical }: Asked): void {
    const skip = this.#entries.get(keyOf(upstream, canonical))
    if (skip !== undefined) this.#remove(skip)
  }

  /** Forgets what was counted for these identities (as index keys) on all upstreams. */
  forgetIdentities(identities: readonly string[]): Promise<void> {
    if (this.#entries.size > 0) {
      const arrived = new Set(identities)
      for (const skip of this.#entries.values())
        if (skip.identities.some((identity) => arrived.has(identity))) this.#remove(skip)
    }
    return Promise.resolve()
  }

  /** The entries of an upstream that are in force and hold the text, the newest first. */
  list(upstream: string, rules: SkipRules, text = ''): readonly SkipRecord[] {
    const now = this.#now()
    const part = text.toLowerCase()
    return [...this.#entries.values()]
      .filter(
        (skip) =>
          skip.upstream === upstream &&
          isInForce(skip, rules) &&
          now - skip.lastFailedAtMs < rules.forgetAfterMs &&
          (skip.path.includes(part) || skip.cause.toLowerCase().includes(part)),
      )
      .sort((a, b) => b.id - a.id)
  }

  /** Removes these entries. */
  remove(skips: readonly SkipRecord[]): void {
    for (const skip of skips) {
      this.#entries.delete(keyOf(skip.upstream, skip.path))
      this.#table.remove(skip.id)
    }
  }

  /** Removes all that is known of an upstream. */
  removeUpstream(upstream: string): void {
    this.remove([...this.#entries.values()].filter((skip) => skip.upstream === upstream))
  }

  #put(skip: Omit<SkipRecord, 'id'>): void {
    const key = keyOf(skip.upstream, skip.path)
    try {
      const id = this.#table.put(skip)
      this.#entries.delete(key)
      this.#entries.set(key, { ...skip, id })
    } catch {
      // The disk is full: what is not written is not skipped either.
      return
    }
    const [oldest] = this.#entries.size > MAX_ENTRIES ? this.#entries.values() : []
    if (oldest !== undefined) this.#remove(oldest)
  }

  #remove(skip: SkipRecord): void {
    try {
      this.remove([skip])
    } catch {
      // The disk is full: it has gone from memory, and comes back with a restart at worst.
    }
  }
}

function isInForce({ failedFills }: SkipRecord, { afterFailedFills }: SkipRules): boolean {
  return afterFailedFills > 0 && failedFills >= afterFailedFills
}

function keyOf(upstream: string, path: string): string {
  return `${upstream}\0${path}`
}
