import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { BlobTable, Root } from '../db/blob-table.ts'
import type { MarkTable } from '../db/mark-table.ts'
import type { PackageTable } from '../db/package-table.ts'
import type { ReindexProgress } from '../db/reindex-progress.ts'
import type { UseTable } from '../db/use-table.ts'
import type { Semaphore } from '../lib/semaphore.ts'
import type { BlobStore, StoredBlob } from '../storage/blob-store.ts'
import type { PackageJournal } from '../storage/package-journal.ts'
import { readAt } from '../lib/read-at.ts'
import { identify } from '../symbols/identify.ts'
import { identityKey, type Identity } from '../symbols/identity.ts'
import { parseSymbolPath } from '../symbols/symbol-path.ts'
import { verifyContent } from '../symbols/verify-content.ts'
import type { Logger } from '../telemetry/logger.ts'
import { hashBlob } from './hash-blob.ts'
import type { PackageIndexer } from './package-indexer.ts'
import type { Unpublisher } from './unpublisher.ts'

/** Files after which the place in the listing is written down. */
const FILES_PER_NOTE = 500

export interface ReindexerOptions {
  readonly hosted: BlobStore
  readonly cache: BlobStore
  readonly journal: PackageJournal
  readonly blobs: BlobTable
  readonly uses: UseTable
  readonly marks: MarkTable
  readonly progress: ReindexProgress
  readonly packages: PackageTable
  readonly indexer: PackageIndexer
  readonly unpublisher: Unpublisher
  /** Held while packages are published: a package is either published before or after the journal is read. */
  readonly commit: Semaphore
  readonly log: Logger
}

/** What a rebuilt index holds. */
export interface ReindexResult {
  readonly packages: number
  /** Hosted files that no package knows, found in the tree. */
  readonly strangers: number
  readonly cached: number
}

/** Makes the index anew from the store alone: manifests, the newest first, then files that none of them knows. */
export class Reindexer {
  readonly #options: ReindexerOptions
  readonly #stop = new AbortController()
  #running: Promise<ReindexResult> | undefined
  #adopting: Promise<unknown> | undefined

  constructor(options: ReindexerOptions) {
    this.#options = options
  }

  /** Whether the index is being rebuilt now, so that what it lacks may be there all the same. */
  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Whether the index holds nothing although the store does, or the last rebuild was cut off. */
  async isNeeded(): Promise<boolean> {
    const { blobs, marks, hosted, cache } = this.#options
    if (marks.has('reindex-unfinished')) return true
    if (blobs.isEmpty('hosted') && !(await isEmpty(hosted))) return true
    return blobs.isEmpty('cache') && !(await isEmpty(cache))
  }

  /** Cuts off the run that is under way, and waits until it has ended; the next start goes on with it. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the server stops'))
    await this.#running?.catch(() => {})
    await this.#adopting?.catch(() => {})
  }

  /**
   * Rebuilds the index, or joins the run that is under way. With `resume` it goes on where a run was cut
   * off, if one was.
   */
  run({ resume = false }: { readonly resume?: boolean } = {}): Promise<ReindexResult> {
    this.#running ??= this.#rebuild(resume).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /**
   * Takes in cached files that a kill has left between their renaming and the index, if one may have; cut off,
   * this is left to the next start.
   */
  async adoptCached(): Promise<void> {
    const { cache, marks, log } = this.#options
    if (!marks.has('cache-unknown')) return
    log.info('last stop was none; the cache is looked through')
    this.#adopting = this.#adopt('cache', cache)
    const adopted = await this.#adopting
    marks.clear('cache-unknown')
    log.info({ adopted }, 'cache looked through')
  }

  /**
   * Takes a file that no package and no fill has brought into the index. Whether it could: its path has to
   * be a symbol path, its content agree, and nothing else answer for it yet.
   */
  async adopt(root: Root, stored: StoredBlob): Promise<boolean> {
    const { blobs, hosted, cache } = this.#options
    const store = root === 'hosted' ? hosted : cache
    const path = parseSymbolPath(stored.key.split('/'))
    const blob = await store.open(stored.key)
    if (blob === undefined || path.kind !== 'symbol') {
      blob?.close()
      return false
    }
    try {
      const found = await identify(
        { size: stored.size, read: (offset, length) => readAt(blob, offset, length) },
        path.path.file,
      )
      const verified = verifyContent(found, path.path)
      if (verified.kind === 'mismatch') return false
      const kind = found.status === 'accept' ? found.kind : kindOf(verified.identities)
      const etag = root === 'hosted' ? await hashBlob(blob) : randomBytes(16).toString('hex')
      if (root === 'hosted') await this.#options.indexer.putNames([stored.key])
      // A package or fill may have brought the same file meanwhile.
      if (blobs.byKey(root, stored.key) !== undefined) return false
      const free = verified.identities
        .map(identityKey)
        .filter((key) => blobs.owner(key, root) === undefined)
      if (free.length === 0) return false
      blobs.put({
        blob: {
          root,
          key: stored.key,
          kind,
          size: stored.size,
          etag,
          source: undefined,
          modifiedAtMs: stored.mtimeMs,
        },
        identities: free,
      })
      return true
    } finally {
      blob.close()
    }
  }

  async #rebuild(resume: boolean): Promise<ReindexResult> {
    const { hosted, cache, commit, marks, uses, log } = this.#options
    log.info({ resume }, 'reindex started')
    marks.set('reindex-unfinished')
    if (!resume) this.#forgetProgress()
    await commit.run(() => this.#replayJournal())
    marks.set('reindex-replayed')
    const strangers = await this.#adopt('hosted', hosted)
    const cached = await this.#adopt('cache', cache)
    marks.clear('cache-unknown')
    while (uses.sweep() > 0) await setImmediate()
    this.#forgetProgress()
    marks.clear('reindex-unfinished')
    const result = { packages: this.#options.packages.ids().size, strangers, cached }
    log.info(result, 'reindex done')
    return result
  }

  #forgetProgress(): void {
    const { marks, progress } = this.#options
    progress.clear()
    for (const mark of ['reindex-replayed', 'reindex-cleared'] as const) marks.clear(mark)
  }

  async #replayJournal(): Promise<void> {
    const { journal, blobs, packages, indexer, unpublisher, marks, log } = this.#options
    await unpublisher.finish()
    if (marks.has('reindex-replayed')) return
    if (!marks.has('reindex-cleared')) {
      await blobs.clear()
      await packages.clear()
      marks.set('reindex-cleared')
    }
    // Written whole, the newest first: those that are there need no second time.
    const known = packages.ids()
    for (const id of (await journal.ids()).toReversed()) {
      this.#stop.signal.throwIfAborted()
      if (known.has(id)) continue
      try {
        const manifest = await journal.read(id)
        if (manifest !== undefined) await indexer.putOlder(manifest)
      } catch (err) {
        // Its files are found in the tree all the same.
        log.error({ err, package: id }, 'manifest could not be read')
      }
    }
  }

  async #adopt(root: Root, store: BlobStore): Promise<number> {
    const { blobs, progress, log } = this.#options
    let count = 0
    let seen = 0
    for await (const stored of store.list(progress.get(root))) {
      this.#stop.signal.throwIfAborted()
      // A store that lists in no order begins anew with each list, and what is known is passed over.
      if (++seen % FILES_PER_NOTE === 0) progress.set(root, stored.key)
      if (blobs.byKey(root, stored.key) !== undefined) continue
      try {
        if (await this.adopt(root, stored)) count++
      } catch (err) {
        log.warn({ err, key: stored.key }, 'file could not be indexed')
      }
    }
    return count
  }
}

function kindOf(identities: readonly Identity[]): string {
  return identities[0]?.kind ?? 'path'
}

async function isEmpty(store: BlobStore): Promise<boolean> {
  for await (const _ of store.list()) return false
  return true
}
