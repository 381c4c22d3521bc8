import { AppError } from '../lib/app-error.ts'
import type { ProbeResult } from '../upstream/probe-upstream.ts'
import type { UpstreamSettings } from '../upstream/upstream-settings.ts'
import type { WrittenUpstream } from '../upstream/written-upstream.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { MissMemory } from './miss-memory.ts'
import type { SkipList } from './skip-list.ts'
import type { UpstreamHistory } from './upstream-history.ts'
import type { UpstreamPolicy } from './upstream-policy.ts'
import type { RegisteredUpstream, UpstreamRegistry, UpstreamSpec } from './upstream-registry.ts'

/** The lists of patterns that an upstream has. */
export type PatternList = 'allowlist' | 'blocklist'

/** Patterns of one list; more would slow every lookup down. */
const MAX_PATTERNS = 10_000

export interface UpstreamAdministrationOptions {
  readonly registry: UpstreamRegistry
  readonly policy: UpstreamPolicy
  readonly misses: MissMemory
  readonly skips: SkipList
  readonly history: UpstreamHistory
  readonly probe: (settings: UpstreamSettings) => Promise<ProbeResult>
  readonly log: Logger
}

/** Changes to upstreams, with all that follows from them: connections are tried, old knowledge is forgotten. */
export class UpstreamAdministration {
  readonly #options: UpstreamAdministrationOptions

  constructor(options: UpstreamAdministrationOptions) {
    this.#options = options
  }

  /** Adds an upstream; without `force` only if it answers as a symbol server does (else `upstream_unusable`). */
  async add(written: WrittenUpstream, force: boolean): Promise<RegisteredUpstream> {
    const { registry, log } = this.#options
    const spec = registry.check(written)
    if (!force) await this.#validate(spec)
    const added = registry.add(written)
    log.info({ upstream: spec.name }, 'upstream added')
    return added
  }

  /** Changes an upstream; what `changes` does not name stays. A changed connection is tried as in `add`. */
  async change(
    name: string,
    changes: WrittenUpstream,
    force: boolean,
  ): Promise<RegisteredUpstream> {
    const { registry, log } = this.#options
    const before = registry.get(name).spec
    const after = registry.checkChange(name, changes)
    if (!force && after.enabled && connectionOf(before) !== connectionOf(after))
      await this.#validate(after)
    const changed = registry.change(name, changes)
    if (placeOf(before) !== placeOf(after)) await this.#forgetAnswers(name)
    this.#options.policy.reset(changed)
    log.info({ upstream: name }, 'upstream changed')
    return changed
  }

  /** Takes an upstream away with all that is known of it; the files that came from it stay. */
  async remove(name: string): Promise<void> {
    const { registry, policy, history, log } = this.#options
    const removed = registry.get(name)
    registry.remove(name)
    policy.reset(removed)
    await this.#forgetAnswers(name)
    await history.remove(name)
    log.info({ upstream: name }, 'upstream removed')
  }

  /** Tries the upstream as it is set up now. */
  async test(name: string): Promise<ProbeResult> {
    const { registry, policy } = this.#options
    const upstream = registry.get(name)
    const result = await this.#probe(upstream.spec)
    if (result.kind === 'ok') policy.reset(upstream)
    return result
  }

  patterns(name: string, list: PatternList): readonly string[] {
    return this.#options.registry.get(name).spec.rules[list]
  }

  /** Adds patterns to a list; those that it has are passed over. */
  addPatterns(name: string, list: PatternList, patterns: readonly string[]): void {
    const all = [...new Set([...this.patterns(name, list), ...patterns])]
    if (all.length > MAX_PATTERNS)
      throw new AppError('limit_exceeded', `a list has at most ${MAX_PATTERNS} patterns`)
    this.#options.registry.change(name, { [list]: all })
  }

  /** Takes a pattern from a list; fails with `not_found` where it is not on it. */
  removePattern(name: string, list: PatternList, pattern: string): void {
    const before = this.patterns(name, list)
    if (!before.includes(pattern))
      throw new AppError('not_found', `the ${list} of ${name} has no such entry`)
    this.#options.registry.change(name, { [list]: before.filter((entry) => entry !== pattern) })
  }

  async #validate(spec: UpstreamSpec): Promise<void> {
    const result = await this.#probe(spec)
    if (result.kind === 'failed')
      throw new AppError('upstream_unusable', `${result.reason}: ${result.message}`)
  }

  async #probe(spec: UpstreamSpec): Promise<ProbeResult> {
    try {
      return await this.#options.probe(spec)
    } catch (cause) {
      if (cause instanceof AppError) throw new AppError('request_invalid', cause.message, { cause })
      throw cause
    }
  }

  async #forgetAnswers(name: string): Promise<void> {
    this.#options.skips.removeUpstream(name)
    await this.#options.misses.forgetMatching({ upstream: name })
  }
}

/** All that decides whether it can be reached. */
function connectionOf({ rules: _rules, enabled: _enabled, ...settings }: UpstreamSpec): string {
  const { misses: _misses, concurrency: _concurrency, attempts: _attempts, ...rest } = settings
  return JSON.stringify(rest)
}

/** All that decides which files it has. */
function placeOf(spec: UpstreamSpec): string {
  return JSON.stringify([
    spec.type,
    'url' in spec ? spec.url : '',
    'bucket' in spec ? [spec.bucket, spec.prefix] : '',
    'endpoint' in spec ? spec.endpoint : '',
    spec.layout,
    spec.casing,
  ])
}
