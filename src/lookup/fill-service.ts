import type { HostedNameTable } from '../db/hosted-name-table.ts'
import type { Semaphore } from '../lib/semaphore.ts'
import { identityKey } from '../symbols/identity.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Upstream, UpstreamRequest } from '../upstream/upstream.ts'
import { attemptFill, type FillAttemptOptions } from './fill-attempt.ts'
import type { MissMemory } from './miss-memory.ts'
import type { MissReason } from './miss-reason.ts'
import type { ServingFill } from './serving-fill.ts'

/** Whose request starts a fill, and what of it is passed on to the upstreams. */
export interface Starter extends Omit<UpstreamRequest, 'path'> {
  /** For the log. */
  readonly requestId: string
}

/** What a fill comes to for those who wait for it. */
export type FillOutcome =
  | { readonly kind: 'fill'; readonly fill: ServingFill }
  | { readonly kind: 'absent'; readonly reason: MissReason }

export interface FillServiceOptions extends FillAttemptOptions {
  readonly upstreams: readonly Upstream[]
  readonly hostedNames: HostedNameTable
  readonly misses: MissMemory
  /** How many fills may run at once. */
  readonly permits: Semaphore
}

/**
 * Fetches absent files from the upstreams, at most one fill at a time for the same request
 * (architecture, «The fill, exactly»). A fill belongs to nobody: requesters come and go, it runs to its
 * end.
 */
export class FillService {
  readonly #options: FillServiceOptions
  readonly #flights = new Map<string, Promise<FillOutcome>>()
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
    if (running !== undefined) return running
    if (this.#abort.signal.aborted) return Promise.resolve({ kind: 'absent', reason: 'trouble' })
    const candidates = this.#candidates(path)
    if (candidates.length === 0) return Promise.resolve({ kind: 'absent', reason: 'absent' })
    const upstreams = candidates.filter(
      (upstream) => !this.#options.misses.isRemembered(upstream, path),
    )
    if (upstreams.length === 0) return Promise.resolve({ kind: 'absent', reason: 'remembered' })
    return this.#start(path, upstreams, starter)
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

  #candidates(path: SymbolPath): readonly Upstream[] {
    const { upstreams, hostedNames } = this.#options
    if (!upstreams.some(({ isPublic }) => isPublic) || !hostedNames.has(path.name)) return upstreams
    return upstreams.filter(({ isPublic }) => !isPublic)
  }

  #start(path: SymbolPath, upstreams: readonly Upstream[], starter: Starter): Promise<FillOutcome> {
    const { requestId, ...passedOn } = starter
    const key = flightKey(path, starter)
    const { promise, resolve } = Promise.withResolvers<FillOutcome>()
    this.#flights.set(key, promise)
    const { permits, metrics } = this.#options
    const log = this.#options.log.child({ id: requestId })
    const work = permits
      .run(async () => {
        metrics.runningFills.inc()
        try {
          resolve({
            kind: 'absent',
            reason: await this.#askEach({ ...passedOn, path }, upstreams, log, resolve),
          })
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

  /** Asks one upstream after the other; resolves why there was nothing, which counts only if `resolve` was not called. */
  async #askEach(
    request: UpstreamRequest,
    upstreams: readonly Upstream[],
    log: Logger,
    resolve: (outcome: FillOutcome) => void,
  ): Promise<MissReason> {
    const { path } = request
    const { misses, blobs, count, metrics } = this.#options
    let reason: MissReason = 'absent'
    for (const upstream of upstreams) {
      const answer = await upstream.fetch(request, this.#abort.signal)
      const { fault, served } =
        answer.kind === 'found'
          ? await attemptFill(
              answer,
              upstream.name,
              path,
              (fill) => resolve({ kind: 'fill', fill }),
              { ...this.#options, log },
            )
          : { fault: answer, served: false }
      count(`upstream.${upstream.name}.${fault?.kind ?? 'found'}`, 1)
      metrics.fills.inc({ upstream: upstream.name, outcome: fault?.kind ?? 'found' })
      if (fault === undefined) {
        misses.forget(upstream.name, path)
        return reason
      }
      if (served) return reason
      if (fault.kind === 'absent') {
        // An upload that arrived meanwhile must not find a miss behind it.
        if (blobs.find(path.identities.map(identityKey)) === undefined)
          misses.remember(upstream.name, path)
        continue
      }
      log.warn(
        { upstream: upstream.name, path: path.storePath, fault: fault.kind, cause: fault.cause },
        'upstream fetch failed',
      )
      if (reason !== 'trouble') reason = fault.kind
    }
    return reason
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
