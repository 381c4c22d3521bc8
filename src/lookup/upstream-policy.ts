import type { BlobTable } from '../db/blob-table.ts'
import type { HostedNameTable } from '../db/hosted-name-table.ts'
import { identityKey } from '../symbols/identity.ts'
import type { UpstreamRequest, UpstreamTrouble } from '../upstream/upstream.ts'
import { askedPath } from './asked-path.ts'
import type { BodyFault } from './body-fault.ts'
import { Breaker, type BreakerState } from './breaker.ts'
import { fileFamilies } from './file-family.ts'
import type { MissMemory } from './miss-memory.ts'
import type { MissReason } from './miss-reason.ts'
import { NamePatterns } from './name-patterns.ts'
import type { RuledUpstream } from './ruled-upstream.ts'
import type { SkipList } from './skip-list.ts'

/** What a request asks for, as far as it decides who is asked. */
export type Question = Pick<UpstreamRequest, 'path' | 'acceptsMsfz' | 'checksum'>

export interface UpstreamPolicyOptions {
  readonly blobs: BlobTable
  readonly hostedNames: HostedNameTable
  readonly misses: MissMemory
  readonly skips: SkipList
  /** Patterns of names that public upstreams are asked for although they are or were hosted here. */
  readonly publicNames?: readonly string[]
  readonly now?: () => number
}

/**
 * Who is asked for what, and what is learned from the answers: lists, breakers, skip list and misses
 * (architecture, decisions 4 and 11).
 */
export class UpstreamPolicy {
  readonly #options: UpstreamPolicyOptions
  readonly #now: () => number
  readonly #publicNames: NamePatterns
  /** By host. */
  readonly #breakers = new Map<string, Breaker>()

  constructor(options: UpstreamPolicyOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#publicNames = new NamePatterns(options.publicNames ?? [])
  }

  /** Whether the upstream is to be asked, or why it is not. */
  verdict(ruled: RuledUpstream, question: Question): 'ask' | MissReason {
    const { upstream, rules, allowed, blocked } = ruled
    const { hostedNames, misses, skips } = this.#options
    const { path } = question
    if (blocked.has(path)) return 'blocked'
    // A name that is or was hosted here is nobody else's business.
    const isPrivate = hostedNames.has(path.name) && !this.#publicNames.has(path)
    if (upstream.isPublic && isPrivate) return 'absent'
    if (rules.allowlistEnabled && !allowed.has(path)) return 'not_listed'
    if (rules.kinds.length > 0) {
      const families = fileFamilies(path)
      if (!rules.kinds.some((kind) => families.has(kind))) return 'not_listed'
    }
    if (rules.requireChecksum && question.checksum === undefined) return 'not_listed'
    if (!upstream.hasPlaceFor(path)) return 'not_listed'
    const asked = askedPath(question)
    if (misses.isRemembered(upstream, asked)) return 'remembered'
    if (skips.isSkipped(upstream.name, asked, rules.skip)) return 'skipped'
    return this.#breaker(ruled).admits ? 'ask' : 'trouble'
  }

  /** Begins a request, which then has to be told to `learn` or `cancel`; false when the host pauses. */
  enter(ruled: RuledUpstream): boolean {
    return this.#breaker(ruled).enter()
  }

  /** A request was given up: nothing is learned. */
  cancel(ruled: RuledUpstream): void {
    this.#breaker(ruled).cancel()
  }

  /** The upstream had the file. */
  found({ upstream, ...ruled }: RuledUpstream, question: Question): void {
    const asked = askedPath(question)
    this.#breaker(ruled).succeed()
    this.#options.misses.forget(upstream.name, asked)
    this.#options.skips.forget(upstream.name, asked)
  }

  /** The upstream does not have the file. */
  absent({ upstream, ...ruled }: RuledUpstream, question: Question): void {
    const { blobs, misses, skips } = this.#options
    const asked = askedPath(question)
    this.#breaker(ruled).succeed()
    skips.forget(upstream.name, asked)
    // An upload that arrived meanwhile must not find a miss behind it.
    if (blobs.find(asked.identities.map(identityKey)) === undefined)
      misses.remember(upstream.name, asked)
  }

  /** The upstream gave no good file. */
  failed(
    ruled: RuledUpstream,
    question: Question,
    fault: UpstreamTrouble | BodyFault,
    upstreams: readonly RuledUpstream[],
  ): void {
    const breaker = this.#breaker(ruled)
    const { upstream, rules } = ruled
    const { skips } = this.#options
    const asked = askedPath(question)
    if (fault.blame !== 'host') {
      breaker.answer()
      if (fault.blame === 'beyond') return
      return skips.count(upstream.name, asked, fault.cause, rules.skip)
    }
    const { blame, opened } = breaker.fail(
      {
        path: asked.canonical,
        cause: fault.cause,
        isOdd: isOdd(fault),
        retryAfterMs: fault.retryAfterMs,
      },
      rules.breaker,
    )
    if (blame === 'file') skips.count(upstream.name, asked, fault.cause, rules.skip)
    if (!opened) return
    const names = upstreams
      .filter(({ host }) => host === ruled.host)
      .map(({ upstream: { name } }) => name)
    skips.takeBack(new Set(names), this.#now() - rules.breaker.windowMs)
  }

  /** Whether the upstream's host is asked at present. */
  state({ host }: Pick<RuledUpstream, 'host'>): BreakerState {
    return this.#breakers.get(host)?.state ?? { kind: 'closed', failures: 0 }
  }

  /** Asks the host again from now on. */
  reset({ host }: Pick<RuledUpstream, 'host'>): void {
    this.#breakers.delete(host)
  }

  #breaker({ host }: Pick<RuledUpstream, 'host'>): Breaker {
    let breaker = this.#breakers.get(host)
    if (breaker === undefined) {
      breaker = new Breaker(this.#now)
      this.#breakers.set(host, breaker)
    }
    return breaker
  }
}

/** A status that a host may give for one file while it serves others; what it says of itself is none. */
function isOdd(fault: UpstreamTrouble): boolean {
  return fault.reason === 'unavailable' && fault.retryAfterMs === undefined
}
