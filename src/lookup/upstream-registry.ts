import type { UpstreamTable } from '../db/upstream-table.ts'
import { AppError } from '../lib/app-error.ts'
import { hostOf } from '../upstream/host-of.ts'
import { LeasedUpstream } from '../upstream/leased-upstream.ts'
import type { UpstreamRules } from '../upstream/upstream-rules.ts'
import type { UpstreamSettings } from '../upstream/upstream-settings.ts'
import type { Upstream } from '../upstream/upstream.ts'
import type { WrittenUpstream } from '../upstream/written-upstream.ts'
import { ruledUpstream, type RuledUpstream } from './ruled-upstream.ts'

/** Upstreams that can be added through the API. */
const MAX_UPSTREAMS = 1000

/** Settings and rules of one upstream, checked and complete. */
export type UpstreamSpec = UpstreamSettings & { readonly rules: UpstreamRules }

/** Where an upstream was set up: in the configuration file, by the choice of presets, or through the API. */
export type UpstreamOrigin = 'file' | 'preset' | 'api'

/** An upstream that is known here, enabled or not. */
export interface RegisteredUpstream {
  readonly origin: UpstreamOrigin
  readonly spec: UpstreamSpec
  readonly createdAtMs: number
  /** What fails together with it. */
  readonly host: string
}

interface Entry extends RegisteredUpstream {
  /** What people wrote; undefined for those of the file. */
  readonly written: WrittenUpstream | undefined
  readonly leased: LeasedUpstream | undefined
}

export interface UpstreamRegistryOptions {
  readonly fromFile: readonly UpstreamSpec[]
  readonly presets: readonly WrittenUpstream[]
  readonly table: UpstreamTable
  /** Checks settings; throws `request_invalid` for wrong ones. */
  readonly parse: (written: WrittenUpstream) => UpstreamSpec
  readonly create: (settings: UpstreamSettings) => Upstream
  /** Told of a row of the database that can no longer be used. */
  readonly onUnusable: (name: string, error: unknown) => void
  readonly now?: () => number
}

/**
 * All upstreams: those of the configuration file, which cannot be changed here, the presets, of which what
 * differs is kept, and those that were added. Changes have effect at once and outlive the process.
 */
export class UpstreamRegistry {
  readonly #options: UpstreamRegistryOptions
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()
  #active: readonly RuledUpstream[] = []

  constructor(options: UpstreamRegistryOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    const { fromFile, presets, table } = options
    const startedAtMs = this.#now()
    for (const spec of fromFile)
      this.#entries.set(spec.name, this.#entry('file', spec, startedAtMs))
    const addresses = new Set(fromFile.map(addressOf))
    const records = new Map(table.all().map((record) => [record.name, record]))
    for (const preset of presets) {
      const name = String(preset['name'])
      const changes = writtenOf(records.get(name)?.written)
      // Whoever configures a public server wants it as it is configured.
      if (!this.#entries.has(name) && !addresses.has(String(preset['url'])))
        this.#restore('preset', { ...preset, ...changes }, startedAtMs)
    }
    for (const { name, written, createdAtMs } of records.values()) {
      const settings = writtenOf(written)
      if (!this.#entries.has(name) && settings['name'] === name)
        this.#restore('api', settings, createdAtMs)
    }
    this.#refresh()
  }

  /** Those that are enabled. */
  active(): readonly RuledUpstream[] {
    return this.#active
  }

  /** All, in the order in which they came. */
  list(): readonly RegisteredUpstream[] {
    return [...this.#entries.values()]
  }

  /** The upstream of this name; fails with `not_found`. */
  get(name: string): RegisteredUpstream {
    return this.#get(name)
  }

  /** What the settings come to, without keeping them; fails with `request_invalid` and `name_taken`. */
  check(written: WrittenUpstream): UpstreamSpec {
    const spec = this.#options.parse(withoutNulls(written))
    if (this.#entries.has(spec.name))
      throw new AppError('name_taken', `there is an upstream ${spec.name} already`)
    if (this.#entries.size >= MAX_UPSTREAMS)
      throw new AppError('limit_exceeded', `there are ${MAX_UPSTREAMS} upstreams already`)
    return spec
  }

  /** Adds an upstream; fails as `check`. */
  add(written: WrittenUpstream): RegisteredUpstream {
    const spec = this.check(written)
    const entry = this.#entry('api', spec, this.#now(), withoutNulls(written))
    this.#keep(entry)
    return entry
  }

  /** What changed settings come to; what `changes` does not name stays, null takes a setting back. */
  checkChange(name: string, changes: WrittenUpstream): UpstreamSpec {
    return this.#options.parse(this.#changed(name, changes))
  }

  /** Changes an upstream as `checkChange` says. */
  change(name: string, changes: WrittenUpstream): RegisteredUpstream {
    const { origin, createdAtMs, leased } = this.#get(name)
    const written = this.#changed(name, changes)
    const entry = this.#entry(origin, this.#options.parse(written), createdAtMs, written)
    this.#keep(entry)
    leased?.retire()
    return entry
  }

  /** Takes an upstream away; what came from it stays. Presets can only be disabled. */
  remove(name: string): void {
    const { origin, leased } = this.#get(name)
    if (origin !== 'api') throw readOnly(name, origin)
    this.#options.table.remove(name)
    this.#entries.delete(name)
    this.#refresh()
    leased?.retire()
  }

  async close(): Promise<void> {
    const leased = [...this.#entries.values()].flatMap((entry) => entry.leased ?? [])
    await Promise.all(leased.map((upstream) => upstream.close()))
  }

  #get(name: string): Entry {
    const entry = this.#entries.get(name)
    if (entry === undefined) throw new AppError('not_found', `there is no upstream ${name}`)
    return entry
  }

  #changed(name: string, changes: WrittenUpstream): WrittenUpstream {
    const { origin, written } = this.#get(name)
    if (written === undefined) throw readOnly(name, origin)
    const { name: newName = name } = changes
    if (newName !== name)
      throw new AppError('request_invalid', 'the name of an upstream cannot be changed')
    return { ...this.#preset(name), ...withoutNulls({ ...written, ...changes }) }
  }

  /** What the choice of presets says of the name; nothing for others. */
  #preset(name: string): WrittenUpstream {
    return this.#options.presets.find((preset) => preset['name'] === name) ?? {}
  }

  #restore(origin: UpstreamOrigin, written: WrittenUpstream, createdAtMs: number): void {
    try {
      const entry = this.#entry(origin, this.#options.parse(written), createdAtMs, written)
      this.#entries.set(entry.spec.name, entry)
    } catch (error) {
      this.#options.onUnusable(String(written['name']), error)
    }
  }

  #entry(
    origin: UpstreamOrigin,
    spec: UpstreamSpec,
    createdAtMs: number,
    written?: WrittenUpstream,
  ): Entry {
    const leased = spec.enabled ? new LeasedUpstream(this.#options.create(spec)) : undefined
    return { origin, spec, createdAtMs, written, leased, host: hostOf(spec) }
  }

  #keep(entry: Entry): void {
    const { spec, written = {}, createdAtMs } = entry
    const preset = this.#preset(spec.name)
    const own = Object.entries(written).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(preset[key]),
    )
    this.#options.table.put({
      name: spec.name,
      written: JSON.stringify(Object.fromEntries(own)),
      createdAtMs,
    })
    this.#entries.set(spec.name, entry)
    this.#refresh()
  }

  #refresh(): void {
    this.#active = [...this.#entries.values()].flatMap(({ leased, host, spec }) =>
      leased === undefined ? [] : [ruledUpstream(leased, host, spec.rules)],
    )
  }
}

/** Null stands for a setting that is not made. */
function withoutNulls(written: WrittenUpstream): WrittenUpstream {
  return Object.fromEntries(
    Object.entries(written).filter(([, value]) => value !== null && value !== undefined),
  )
}

function addressOf(spec: UpstreamSpec): string {
  return 'url' in spec ? spec.url : ''
}

function writtenOf(json: string | undefined): WrittenUpstream {
  const value: unknown = json === undefined ? {} : JSON.parse(json)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function readOnly(name: string, origin: UpstreamOrigin): AppError {
  return new AppError(
    'upstream_read_only',
    origin === 'file'
      ? `the upstream ${name} is set in the configuration file and can be changed only there`
      : `the upstream ${name} is a preset, which can be disabled or changed but not deleted`,
  )
}
