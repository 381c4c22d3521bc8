import { setImmediate } from 'node:timers/promises'
import type { IndexedBlob, Root } from '../db/blob-table.ts'
import { AppError } from '../lib/app-error.ts'
import { Throttle } from '../lib/throttle.ts'
import type { BlobStore, StoredBlob } from '../storage/blob-store.ts'
import { checkContent } from './check-content.ts'
import type { CheckRequest, CheckResult } from './check-result.ts'
import type { CheckerOptions } from './checker-options.ts'
import type { Finding, FindingKind } from './finding.ts'

/** Blobs between which the position is written down. */
const PAGE = 100

/** Findings that are given back one by one; all are counted and logged. */
const MAX_LISTED = 10_000

/** An upload that was begun before is not running any more: bodies have an idle limit of minutes. */
const LEFTOVER_AFTER_MS = 24 * 3_600_000

/** A file so new may belong to a fill that is about to index it. */
const NEW_FOR_MS = 60_000

/** The files of one root in the order in which a check tells of them. */
const ROOTS: readonly Root[] = ['hosted', 'cache']

/** One check from its beginning to its end. */
export class CheckRun {
  readonly #request: CheckRequest
  readonly #options: CheckerOptions
  readonly #signal: AbortSignal
  readonly #throttle: Throttle
  readonly #findings: Finding[] = []
  #blobs = 0
  #read = 0
  #found = 0
  #unrepaired = 0

  constructor(request: CheckRequest, options: CheckerOptions, signal: AbortSignal) {
    this.#request = request
    this.#options = options
    this.#signal = signal
    this.#throttle = new Throttle(options.maxBytesPerSecond)
  }

  /** Rejects with `store_unusable` when the store is empty and the index is not, and when it is cut off. */
  async run(): Promise<CheckResult> {
    await this.#expectFiles()
    await this.#checkBlobs()
    for (const root of ROOTS) await this.#checkFiles(root)
    await this.#checkManifests()
    await this.#checkLeftovers()
    const counts = {
      blobs: this.#blobs,
      read: this.#read,
      found: this.#found,
      unrepaired: this.#unrepaired,
    }
    this.#options.log.info(counts, 'check done')
    return { ...counts, findings: this.#findings }
  }

  /** A disk that is not mounted would look as if every file had been lost. */
  async #expectFiles(): Promise<void> {
    const { stores, blobs } = this.#options
    if (blobs.isEmpty('hosted')) return
    for await (const _ of stores.hosted.list()) return
    throw new AppError(
      'store_unusable',
      'the store holds no file at all, but the index does: is its disk there?',
    )
  }

  async #checkBlobs(): Promise<void> {
    const { table, blobs } = this.#options
    let position = this.#request.isResumed ? table.position : 0
    for (;;) {
      const ids = table.idsAfter(position, PAGE)
      const last = ids.at(-1)
      if (last === undefined) break
      for (const id of ids) {
        this.#signal.throwIfAborted()
        const blob = blobs.byId(id)
        if (blob !== undefined) await this.#checkBlob(blob)
      }
      position = last
      table.setPosition(position)
      await setImmediate()
    }
    table.clearPosition()
  }

  async #checkBlob(blob: IndexedBlob): Promise<void> {
    const { stores, blobs } = this.#options
    this.#blobs++
    const fault = await this.#faultOf(blob, stores[blob.root])
    // What was replaced or deleted meanwhile is no fault.
    if (fault === undefined || !blobs.isCurrent(blob)) return
    const { root, key } = blob
    const repair = await this.#attempt(fault.kind, () => this.#repairBlob(blob, fault.kind))
    this.#report({ kind: fault.kind, root, key, detail: fault.detail, repair })
  }

  async #faultOf(
    blob: IndexedBlob,
    store: BlobStore,
  ): Promise<{ kind: FindingKind; detail: string } | undefined> {
    try {
      const stored = await store.stat(blob.key)
      if (stored === undefined) return { kind: 'missing', detail: 'there is no such file' }
      if (stored.size !== blob.size)
        return { kind: 'size', detail: `${stored.size} bytes, not ${blob.size}` }
      if (Math.random() >= this.#request.sample) return undefined
      const opened = await store.open(blob.key)
      if (opened === undefined) return { kind: 'missing', detail: 'there is no such file' }
      try {
        this.#read++
        this.#options.metrics.checkedBytes.inc(blob.size)
        const limits = { throttle: this.#throttle, signal: this.#signal }
        const detail = await checkContent(blob, opened, limits)
        return detail === undefined ? undefined : { kind: 'rotten', detail }
      } finally {
        opened.close()
      }
    } catch (error) {
      this.#signal.throwIfAborted()
      return { kind: 'unreadable', detail: String(error) }
    }
  }

  /** Takes a damaged file out of the way, or a row without a file out of the index. */
  async #repairBlob(blob: IndexedBlob, kind: FindingKind): Promise<string | undefined> {
    const { stores, blobs, commit } = this.#options
    if (kind === 'unreadable') return undefined
    return await commit.run(async () => {
      if (!blobs.isCurrent(blob)) return undefined
      const store = stores[blob.root]
      const isMissing = (await store.stat(blob.key)) === undefined
      // It has come back meanwhile.
      if (kind === 'missing' && !isMissing) return undefined
      // From now on nobody finds it, whatever becomes of the file.
      blobs.remove(blob.root, blob.key)
      if (isMissing) return 'taken out of the index'
      await store.setAside(blob.key)
      return 'quarantined'
    })
  }

  async #checkFiles(root: Root): Promise<void> {
    const { stores, blobs } = this.#options
    for await (const stored of stores[root].list()) {
      this.#signal.throwIfAborted()
      if (blobs.byKey(root, stored.key) !== undefined) continue
      await this.#checkStranger(root, stored)
    }
  }

  async #checkStranger(root: Root, stored: StoredBlob): Promise<void> {
    const { stores, blobs, commit, adopt } = this.#options
    const { key } = stored
    if (root === 'cache' && Date.now() - stored.mtimeMs < NEW_FOR_MS) return
    // With its turn among uploads: what one has just published is not indexed yet.
    const isStranger = await commit.run(
      async () =>
        blobs.byKey(root, key) === undefined && (await stores[root].stat(key)) !== undefined,
    )
    if (!isStranger) return
    const repair = await this.#attempt('stranger', async () => {
      const isTaken = await commit.run(() => adopt(root, stored))
      return isTaken ? 'taken into the index' : undefined
    })
    this.#report({ kind: 'stranger', root, key, detail: 'the index does not know it', repair })
  }

  async #checkManifests(): Promise<void> {
    const { journal } = this.#options
    for (const id of await journal.ids()) {
      this.#signal.throwIfAborted()
      try {
        await journal.read(id)
      } catch (error) {
        const detail = String(error)
        this.#report({ kind: 'manifest', root: 'hosted', key: id, detail, repair: undefined })
      }
    }
  }

  async #checkLeftovers(): Promise<void> {
    const { stores, journal } = this.#options
    for (const folder of await stores.hosted.leftovers()) {
      const begunAtMs = Number.parseInt(folder.id.split('-')[0] ?? '', 36)
      if (!(Date.now() - begunAtMs > LEFTOVER_AFTER_MS)) continue
      const repair = await this.#attempt('leftover', async () => {
        // A damaged manifest may still be put right, and then these are its files.
        if ((await journal.ids()).includes(folder.id)) return undefined
        await folder.discard()
        return 'removed'
      })
      const detail = `staged files of an upload of ${new Date(begunAtMs).toISOString()}`
      this.#report({ kind: 'leftover', root: 'hosted', key: folder.id, detail, repair })
    }
  }

  /** Repairs, where that is wanted; what was done, or undefined. */
  async #attempt(
    kind: FindingKind,
    repair: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    if (!this.#request.isRepair) return undefined
    try {
      return await repair()
    } catch (err) {
      this.#signal.throwIfAborted()
      this.#options.log.error({ err, kind }, 'repair failed')
      return undefined
    }
  }

  #report(finding: Finding): void {
    const { metrics, log } = this.#options
    this.#found++
    if (finding.repair === undefined) this.#unrepaired++
    if (this.#findings.length < MAX_LISTED) this.#findings.push(finding)
    metrics.checkFindings.inc({ kind: finding.kind })
    log.warn(finding, 'check found a fault')
  }
}
