import { setImmediate } from 'node:timers/promises'
import type { FoundBy, MissingNote, MissingRecord } from '../db/missing-record.ts'
import type { MissingQuery, MissingTable } from '../db/missing-table.ts'
import { identityKey } from '../symbols/identity.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'

/** Requests are gathered this long before they are written in one go: clients ask for the same again and again. */
const FLUSH_AFTER_MS = 10_000

/** Paths that are gathered; what is more waits for nobody and is not noted. */
const MAX_PENDING = 10_000

/** Longest user agent that is kept. */
const MAX_AGENT_CHARACTERS = 200

/** User agents gathered for one path between two writes. */
const MAX_PENDING_AGENTS = 4

/** Rows beyond the limit that wait for the next sweep: so new ones get the time to be asked for again. */
const SLACK = 1.1

/** Reasons that say that nobody has the file; the others say that nobody knows. */
const ABSENT: ReadonlySet<string> = new Set([
  'absent',
  'remembered',
  'not_listed',
  'blocked',
  'skipped',
  'mismatch',
])

/** Forms that clients try beside the plain one, which tells of the same file. */
const SIDE_FORMS: ReadonlySet<string> = new Set(['compressed', 'pointer', 'msfz'])

export interface MissingListOptions {
  readonly table: MissingTable
  readonly maxEntries: number
  /** What nobody has asked for in this time is forgotten; Infinity keeps it. */
  readonly forgetAfterMs: number
  readonly now?: () => number
}

/** Who asked. */
interface Asker {
  readonly userAgent: string | undefined
  readonly isAuthenticated: boolean
}

interface Pending extends Omit<MissingNote, 'count' | 'lastAtMs' | 'userAgents'> {
  count: number
  lastAtMs: number
  reason: string
  isTrusted: boolean
  readonly userAgents: Set<string>
}

/** What was asked for and nobody had: noted in memory, written in batches. */
export class MissingList {
  readonly #options: MissingListOptions
  readonly #now: () => number
  #pending = new Map<string, Pending>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: MissingListOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Notes a request that was answered 404 for this reason, if it tells that a file is missing. Cheap. */
  note(path: SymbolPath, reason: string, asker: Asker): void {
    if (!ABSENT.has(reason) || SIDE_FORMS.has(path.form)) return
    const now = this.#now()
    let pending = this.#pending.get(path.canonical)
    if (pending === undefined) {
      if (this.#pending.size >= MAX_PENDING) return
      pending = {
        path: path.canonical,
        storePath: path.storePath,
        reason,
        count: 0,
        firstAtMs: now,
        lastAtMs: now,
        isTrusted: false,
        userAgents: new Set(),
        identities: path.identities.map(identityKey),
      }
      this.#pending.set(path.canonical, pending)
    }
    pending.count++
    pending.lastAtMs = now
    pending.reason = reason
    pending.isTrusted ||= asker.isAuthenticated
    if (asker.userAgent !== undefined && pending.userAgents.size < MAX_PENDING_AGENTS)
      pending.userAgents.add(asker.userAgent)
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), FLUSH_AFTER_MS).unref()
  }

  /** Marks what these identities (as index keys) end as found; gives what had been missing. */
  async markFound(identities: readonly string[], by: FoundBy): Promise<readonly MissingRecord[]> {
    await this.flush()
    return await this.#options.table.markFound(identities, by, this.#now())
  }

  /** One page of the list, up to now. */
  async list(query: MissingQuery): Promise<readonly MissingRecord[]> {
    await this.flush()
    return await this.#options.table.list(query)
  }

  /** Forgets what is too old or too much. */
  async sweep(): Promise<void> {
    const { table, maxEntries, forgetAfterMs } = this.#options
    const count = table.count()
    const excess = count > maxEntries * SLACK ? count - maxEntries : 0
    await table.sweep(this.#now() - forgetAfterMs, excess)
  }

  /** Writes what is pending; drops it where it cannot be written, for it is no reason to fail anything. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const notes = [...this.#pending.values()].map((note) => ({
      ...note,
      userAgents: [...note.userAgents].map(shownAgent),
    }))
    this.#pending = new Map()
    if (notes.length === 0) return
    await setImmediate()
    await this.#options.table.add(notes).catch(() => {})
  }
}

/** A user agent as it is kept. */
function shownAgent(agent: string): string {
  return agent.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_AGENT_CHARACTERS)
}
