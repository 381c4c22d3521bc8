import type { FairSemaphore } from '../lib/fair-semaphore.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { UpstreamRequest } from '../upstream/upstream.ts'
import { askUpstreams, type AskOptions, type Circle } from './ask-upstreams.ts'
import type { MissReason } from './miss-reason.ts'
import type { NewPathQuota } from './new-path-quota.ts'
import type { RuledUpstream } from './ruled-upstream.ts'
import type { ServingFill } from './serving-fill.ts'
import { worstReason } from './worst-reason.ts'

/** Whose request starts a fill, and what of it is passed on to the upstreams. */
export interface Starter extends Omit<UpstreamRequest, 'path'> {
  /** For the log. */
  readonly requestId: string
  /** The network that asks, for its share; undefined: this server itself. */
  readonly client?: string | undefined
  /** Whether nobody knows who asks. */
  readonly isStranger?: boolean
}

/** Reasons behind which nothing new would be remembered. */
const KNOWN: ReadonlySet<MissReason> = new Set(['remembered', 'skipped', 'trouble'])

/** What a fill comes to for those who wait for it. */
export type FillOutcome =
  | { readonly kind: 'fill'; readonly fill: ServingFill }
  | { readonly kind: 'absent'; readonly reason: MissReason }

/** A fill that runs, as people see it. */
export interface RunningFill {
  readonly path: string
  readonly startedAtMs: number
  /** Waits for its turn, asks upstreams, or receives what clients are sent. */
  readonly state: 'waiting' | 'asking' | 'receiving'
  /** Who sends the file; undefined before somebody does. */
  readonly upstream: string | undefined
  readonly bytes: number
  /** Of the whole file, where the upstream states it. */
  readonly size: number | undefined
}

/** One fill on its way. */
interface Flight {
  readonly path: SymbolPath
  readonly startedAtMs: number
  readonly outcome: Promise<FillOutcome>
  isAsking: boolean
  fill: ServingFill | undefined
}

export interface FillServiceOptions extends Omit<AskOptions, 'signal'> {
  /** The upstreams that are enabled now. */
  readonly upstreams: () => readonly RuledUpstream[]
  /** How many fills may run at once, and whose turn it is. */
  readonly permits: FairSemaphore
  /** What strangers may ask for that is not known here. */
  readonly newPaths: NewPathQuota
}

/**
 * Fetches absent files from the upstreams, at most one fill at a time for the same request
 * (architecture, «The fill, exactly»). A fill belongs to nobody: requesters come and go, it runs to its
 * end.
 */
export class FillService {
  readonly #options: FillServiceOptions
  readonly #flights = new Map<string, Flight>()
  readonly #running = new Set<Promise<void>>()
  readonly #abort = new AbortController()

  constructor(options: FillServiceOptions) {
    this.#options = options
  }

  /**
   * Joins the running fill of this path or starts one. Resolves when there is something to serve, or
   * when it is certain that there is nothing. `via` names the symgates that the request has passed.
   */
  request(path: SymbolPath, starter: Starter): Promise<FillOutcome> {
    const running = this.#flights.get(flightKey(path, starter))
    if (running !== undefined) return running.outcome
    if (this.#abort.signal.aborted) return Promise.resolve({ kind: 'absent', reason: 'trouble' })
    const { policy, newPaths } = this.#options
    const all = this.#options.upstreams()
    const asked: RuledUpstream[] = []
    const reasons = new Set<MissReason>()
    for (const ruled of all) {
      const verdict = policy.verdict(ruled, { ...starter, path })
      if (verdict === 'ask') asked.push(ruled)
      else reasons.add(verdict)
    }
    const isKnown =
      asked.length === 0 && reasons.size > 0 && [...reasons].every((reason) => KNOWN.has(reason))
    const { client, isStranger = false } = starter
    // Beyond the quota answers come from what is here alone.
    if (!isKnown && isStranger && client !== undefined && !newPaths.admit(client))
      return Promise.resolve({ kind: 'absent', reason: 'trouble' })
    if (asked.length > 0) return this.#start(path, { asked, all }, reasons, starter)
    return Promise.resolve({ kind: 'absent', reason: worstReason(reasons) })
  }

  /** What a request would come to: join a fill, start one, or nothing. */
  prospect(path: SymbolPath, starter: Starter): 'running' | 'possible' | 'none' {
    if (this.#flights.has(flightKey(path, starter))) return 'running'
    const { policy, upstreams } = this.#options
    const isPossible = upstreams().some(
      (ruled) => policy.verdict(ruled, { ...starter, path }) === 'ask',
    )
    return isPossible ? 'possible' : 'none'
  }

  /** The fills that run now, the oldest first. */
  running(): readonly RunningFill[] {
    return [...this.#flights.values()].map(({ path, startedAtMs, isAsking, fill }) => ({
      path: path.storePath,
      startedAtMs,
      state: fill !== undefined ? 'receiving' : isAsking ? 'asking' : 'waiting',
      upstream: fill?.upstream,
      bytes: fill?.file.written ?? 0,
      size: fill?.size,
    }))
  }

  /**
   * Waits up to `graceMs` for the fills that run, then cuts them off; nothing unfinished is kept, and
   * whatever is asked for afterwards is trouble.
   */
  async close(graceMs: number): Promise<void> {
    const stop = (): void => this.#abort.abort(new Error('the server stops'))
    const timer = setTimeout(stop, graceMs)
    // Clients that are still connected may begin others meanwhile.
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
    clearTimeout(timer)
    stop()
  }

  #start(
    path: SymbolPath,
    circle: Circle,
    reasons: Set<MissReason>,
    starter: Starter,
  ): Promise<FillOutcome> {
    const { requestId, client = '', isStranger: _, ...passedOn } = starter
    const key = flightKey(path, starter)
    const { promise, resolve } = Promise.withResolvers<FillOutcome>()
    const flight: Flight = {
      path,
      startedAtMs: Date.now(),
      outcome: promise,
      isAsking: false,
      fill: undefined,
    }
    this.#flights.set(key, flight)
    const { permits, metrics } = this.#options
    const log = this.#options.log.child({ id: requestId })
    const work = permits
      .run(client, async () => {
        metrics.runningFills.inc()
        flight.isAsking = true
        try {
          const options = { ...this.#options, log, signal: this.#abort.signal }
          const serve = (fill: ServingFill): void => {
            flight.fill = fill
            resolve({ kind: 'fill', fill })
          }
          reasons.add(await askUpstreams({ ...passedOn, path }, circle, serve, options))
          resolve({ kind: 'absent', reason: worstReason(reasons) })
        } finally {
          metrics.runningFills.dec()
        }
      })
      .catch((err: unknown) => {
        log.error({ err, path: path.storePath }, 'fill failed')
        resolve({ kind: 'absent', reason: 'trouble' })
      })
      .finally(() => {
        this.#flights.delete(key)
        this.#running.delete(work)
      })
    this.#running.add(work)
    return promise
  }
}

/**
 * What one fill at a time runs for. A request that another symgate has forwarded never joins a fill that
 * a client began, for that one may be waiting for the very symgate that asks here. Nor do requests join
 * whose answers may differ: NuGet's 403 to one without a checksum is nobody else's.
 */
function flightKey(path: SymbolPath, { via, acceptsMsfz, checksum }: Starter): string {
  const marks = [via.includes(',') && 'forwarded', acceptsMsfz && 'msfz', checksum]
  return [...marks.filter(Boolean), path.canonical].join(' ')
}
