import type { BreakerRules } from '../upstream/upstream-rules.ts'

/** Failures that are remembered at most, whatever the rules say. */
const MAX_FAILURES = 1000

/** Whether a host is asked. Times in milliseconds since 1970. */
export type BreakerState =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly untilMs: number; readonly cause: string }
  /** The pause is over and one request tries the host. */
  | { readonly kind: 'probing'; readonly cause: string }

/** One failure as the breaker counts it. */
export interface HostFailure {
  readonly path: string
  readonly cause: string
  /** Whether it may be the file's own: a status that others of the same host need not have. */
  readonly isOdd: boolean
  /** How long the host asks to be left alone. */
  readonly retryAfterMs: number | undefined
}

/**
 * Leaves a failing host alone: after `failures` in a window, with no good answer between them, it pauses;
 * when the pause is over one request tries, whose failure begins the next pause. A host that asks to be
 * left alone is, for that time, but no longer than for one pause.
 */
export class Breaker {
  readonly #now: () => number
  #failures: { readonly atMs: number; readonly path: string; readonly isOdd: boolean }[] = []
  #servedAtMs = Number.NEGATIVE_INFINITY
  #untilMs: number | undefined
  #pausedMs = 0
  #cause = ''
  #isProbing = false

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  get state(): BreakerState {
    if (this.#untilMs === undefined) return { kind: 'closed', failures: this.#failures.length }
    const cause = this.#cause
    return this.#isProbing
      ? { kind: 'probing', cause }
      : { kind: 'open', untilMs: this.#untilMs, cause }
  }

  /** Whether a request would be let through now. */
  get admits(): boolean {
    if (this.#untilMs === undefined) return true
    const leftMs = this.#untilMs - this.#now()
    // More than there ever was is left when the clock has been set back.
    return !this.#isProbing && (leftMs <= 0 || leftMs > this.#pausedMs)
  }

  /** Lets a request through, which then ends in `succeed`, `answer`, `fail` or `cancel`; false: it may not go. */
  enter(): boolean {
    if (!this.admits) return false
    if (this.#untilMs !== undefined) this.#isProbing = true
    return true
  }

  /** The host answered as it should; what went before is forgotten. */
  succeed(): void {
    this.#failures = []
    this.#servedAtMs = this.#now()
    this.#untilMs = undefined
    this.#isProbing = false
  }

  /** The host answered, if not well: a pause ends, failures stay counted. */
  answer(): void {
    this.#untilMs = undefined
    this.#isProbing = false
  }

  /** The request told nothing of the host. */
  cancel(): void {
    this.#isProbing = false
  }

  /**
   * The host failed. Tells whose fault it was: the file's, when it is an odd failure of one path on a host
   * that served others before; and whether a pause begins.
   */
  fail(
    { path, cause, isOdd, retryAfterMs }: HostFailure,
    { failures, windowMs, pauseMs }: BreakerRules,
  ): { readonly blame: 'host' | 'file'; readonly opened: boolean } {
    const now = this.#now()
    const since = now - windowMs
    this.#failures = this.#failures.filter(({ atMs }) => atMs > since).slice(-MAX_FAILURES)
    this.#failures.push({ atMs: now, path, isOdd })
    const isAlone = this.#failures.every((failure) => failure.isOdd && failure.path === path)
    if (!this.#isProbing && this.#servedAtMs > since && isAlone)
      return { blame: 'file', opened: false }
    const pause = this.#isProbing || (failures > 0 && this.#failures.length >= failures)
    const wait = failures > 0 ? Math.min(retryAfterMs ?? 0, pauseMs) : 0
    this.#isProbing = false
    if (!pause && wait === 0) return { blame: 'host', opened: false }
    this.#pausedMs = pause ? pauseMs : wait
    this.#untilMs = now + this.#pausedMs
    this.#cause = cause
    this.#failures = []
    return { blame: 'host', opened: true }
  }
}
