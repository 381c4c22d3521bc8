import type { BlobTable } from '../db/blob-table.ts'
import type { FollowedTable } from '../db/followed-table.ts'
import type { PackageTable } from '../db/package-table.ts'
import { forEachParallel } from '../lib/for-each-parallel.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { PackageJournal } from '../storage/package-journal.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { PackageIndexer } from './package-indexer.ts'

/** Files looked for at once. */
const WIDTH = 8

export interface StoreFollowerOptions {
  readonly store: BlobStore
  readonly journal: PackageJournal
  readonly blobs: BlobTable
  readonly packages: PackageTable
  readonly followed: FollowedTable
  readonly indexer: PackageIndexer
  /** Whether the index is being rebuilt: then there is nothing to follow with. */
  readonly isRebuilding: () => boolean
  readonly log: Logger
}

/** Keeps the index of a reader up with the packages that another symgate publishes into the same store. */
export class StoreFollower {
  readonly #options: StoreFollowerOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isClosed = false

  constructor(options: StoreFollowerOptions) {
    this.#options = options
  }

  /** Follows at once and from then on at this interval, until it is closed. */
  start(everyMs: number): void {
    const round = (): void => {
      if (this.#options.isRebuilding()) return
      this.follow().catch((err: unknown) =>
        this.#options.log.error({ err }, 'packages of the store could not be followed'),
      )
    }
    this.#timer = setInterval(round, everyMs).unref()
    round()
  }

  /** Looks once for packages that have come, changed or gone; joins a look that is under way. */
  follow(): Promise<void> {
    this.#running ??= this.#follow().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#running?.catch(() => {})
  }

  async #follow(): Promise<void> {
    const { journal, followed, indexer, log } = this.#options
    const before = followed.all()
    const now = await journal.versions()
    // What changed first: packages that take over from one that goes are written before it goes.
    for (const { name, version } of now) {
      if (this.#isClosed) return
      if (before.get(name) === version) continue
      const manifest = await journal.read(name)
      if (manifest === undefined) continue
      await indexer.put(manifest)
      followed.set(name, version)
      log.info({ package: name }, 'package followed')
    }
    const present = new Set(now.map(({ name }) => name))
    for (const name of before.keys()) {
      if (this.#isClosed) return
      if (!present.has(name)) await this.#drop(name)
    }
  }

  /** Forgets a package, and its files as far as they have gone from the store: others may hold them. */
  async #drop(id: string): Promise<void> {
    const { store, blobs, packages, followed, log } = this.#options
    await forEachParallel(followed.storeKeys(id), WIDTH, async (key) => {
      if (blobs.byKey('hosted', key) === undefined) return
      if ((await store.stat(key)) === undefined) blobs.remove('hosted', key)
    })
    await packages.remove(id)
    followed.remove(id)
    log.info({ package: id }, 'package that has gone forgotten')
  }
}
