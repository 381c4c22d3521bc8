import { setImmediate } from 'node:timers/promises'
import type { BlobTable } from '../db/blob-table.ts'
import type { Holding, PackageHoldings } from '../db/package-holdings.ts'
import { AppError } from '../lib/app-error.ts'
import type { PackageDeletion } from '../storage/package-deletion.ts'
import type { PackageJournal } from '../storage/package-journal.ts'
import type { PackageFile, PackageManifest } from '../storage/package-manifest.ts'
import { ownedIdentities } from './owned-identities.ts'
import { identityKey, type Identity } from '../symbols/identity.ts'

type Blob = NonNullable<PackageFile['blob']>

/** What has to happen for a package to go. */
export interface DeletionPlan {
  readonly deletion: PackageDeletion
  /** Manifests of other packages as they have to be first. */
  readonly changed: readonly PackageManifest[]
  /** Files of other packages whose bytes lie under another key than the database says. */
  readonly refiled: readonly Holding[]
}

export interface PlanDeletionOptions {
  readonly blobs: BlobTable
  readonly holdings: PackageHoldings
  readonly journal: PackageJournal
}

/** Files between which other work runs. */
const FILES_PER_STEP = 50

/**
 * Decides what goes with a package, from the index and from what other packages hold. For each blob that
 * answers by this package:
 *  - another package holds the same bytes under the same key: the blob stays, and the newest such package
 *    takes over its identities, so that its manifest alone gives the same index;
 *  - another package holds them under another key: that blob takes over the identities;
 *  - nobody does: the blob goes. What it had replaced does not come back: packages that claim that still
 *    lose the claim.
 */
export async function planDeletion(
  manifest: PackageManifest,
  options: PlanDeletionOptions,
): Promise<DeletionPlan> {
  const planner = new Planner(manifest.id, options)
  let count = 0
  for (const held of heldBlobs(manifest)) {
    await planner.settle(held)
    if (++count % FILES_PER_STEP === 0) await setImmediate()
  }
  return planner.plan()
}

/** One blob that the package claims, by one file or several. */
interface HeldBlob {
  readonly storeKey: string
  readonly sha256: string
  readonly identities: ReadonlyMap<string, Identity>
  readonly supersedes: ReadonlySet<string>
}

interface Draft {
  readonly manifest: PackageManifest
  readonly files: PackageFile[]
  isChanged: boolean
}

class Planner {
  readonly #id: string
  readonly #options: PlanDeletionOptions
  readonly #drafts = new Map<string, Draft | undefined>()
  readonly #doomed = new Set<string>()
  readonly #refiled: Holding[] = []
  readonly #moved: { storeKey: string; identities: readonly string[] }[] = []

  constructor(id: string, options: PlanDeletionOptions) {
    this.#id = id
    this.#options = options
  }

  async settle(held: HeldBlob): Promise<void> {
    const { blobs } = this.#options
    const current = blobs.byKey('hosted', held.storeKey)
    const isReplaced = current !== undefined && current.etag !== held.sha256
    const own = new Map(
      [...held.identities].filter(([key]) => {
        const owner = blobs.owner(key, 'hosted')
        return !isReplaced && (owner === undefined || owner.key === held.storeKey)
      }),
    )
    if (!isReplaced && (await this.#passOn(held, own))) return
    if (!isReplaced) this.#doomed.add(held.storeKey)
    for (const key of new Set([held.storeKey, ...held.supersedes])) await this.#settleReplaced(key)
  }

  plan(): DeletionPlan {
    const changed = [...this.#drafts.values()]
      .filter((draft) => draft?.isChanged === true)
      .flatMap((draft) => (draft === undefined ? [] : [{ ...draft.manifest, files: draft.files }]))
    const doomedKeys = [...this.#doomed]
    const deletion = { format: 1, id: this.#id, doomedKeys, moved: this.#moved } as const
    return { deletion, changed, refiled: this.#refiled }
  }

  /** Gives the blob, or its identities, to another package that holds its bytes. Whether there is one. */
  async #passOn(held: HeldBlob, own: ReadonlyMap<string, Identity>): Promise<boolean> {
    const { blobs, holdings } = this.#options
    const { sha256, storeKey } = held
    const heir = holdings.heir(sha256, storeKey, this.#id)
    if (heir !== undefined) {
      await this.#inherit(heir, held, own, storeKey)
      return true
    }
    const copies = holdings.copies(sha256, storeKey, this.#id)
    const copy = copies.find((each) => blobs.byKey('hosted', each.storeKey)?.etag === sha256)
    if (copy !== undefined) {
      await this.#inherit(copy, held, own, copy.storeKey)
      this.#moved.push({ storeKey: copy.storeKey, identities: [...own.keys()] })
      this.#doomed.add(storeKey)
      return true
    }
    const [other] = copies
    if (other === undefined) return false
    await this.#inherit(other, held, own, storeKey)
    this.#refiled.push({ ...other, storeKey })
    return true
  }

  async #inherit(
    heir: Holding,
    { sha256, supersedes }: HeldBlob,
    own: ReadonlyMap<string, Identity>,
    storeKey: string,
  ): Promise<void> {
    await this.#change(heir, (blob) => {
      if (blob.sha256 !== sha256) return blob
      const identities = new Map(blob.identities.map((each) => [identityKey(each), each]))
      for (const [key, identity] of own) identities.set(key, identity)
      const before = new Set([...(blob.supersedes ?? []), ...supersedes])
      if (
        identities.size === blob.identities.length &&
        storeKey === blob.storeKey &&
        before.size === (blob.supersedes?.length ?? 0)
      )
        return blob
      return {
        ...blob,
        storeKey,
        identities: [...identities.values()],
        ...(before.size > 0 && { supersedes: [...before] }),
      }
    })
  }

  async #settleReplaced(storeKey: string): Promise<void> {
    const { blobs, holdings } = this.#options
    for (const holding of holdings.at(storeKey, this.#id)) {
      await this.#change(holding, (blob) => {
        if (blob.storeKey !== storeKey) return blob
        const identities = this.#doomed.has(storeKey) ? [] : ownedIdentities(blob, blobs)
        return identities.length === blob.identities.length ? blob : { ...blob, identities }
      })
    }
  }

  async #change({ packageId, position }: Holding, edit: (blob: Blob) => Blob): Promise<void> {
    const draft = await this.#draft(packageId)
    const file = draft?.files[position]
    if (draft === undefined || file?.blob === undefined) return
    const blob = edit(file.blob)
    if (blob === file.blob) return
    draft.files[position] = { ...file, blob }
    draft.isChanged = true
  }

  async #draft(id: string): Promise<Draft | undefined> {
    if (!this.#drafts.has(id)) {
      const manifest = await this.#read(id)
      this.#drafts.set(id, manifest && { manifest, files: [...manifest.files], isChanged: false })
    }
    return this.#drafts.get(id)
  }

  /** A manifest that cannot be read stays as it is; what its package holds is kept for it all the same. */
  async #read(id: string): Promise<PackageManifest | undefined> {
    try {
      return await this.#options.journal.read(id)
    } catch (error) {
      if (error instanceof AppError) return undefined
      throw error
    }
  }
}

function heldBlobs({ files }: PackageManifest): Iterable<HeldBlob> {
  const held = new Map<string, HeldBlob & { identities: Map<string, Identity> }>()
  for (const { blob } of files) {
    if (blob === undefined || blob.identities.length === 0) continue
    const { storeKey, sha256 } = blob
    const before = held.get(storeKey)
    const identities = before?.identities ?? new Map<string, Identity>()
    for (const identity of blob.identities) identities.set(identityKey(identity), identity)
    const supersedes = new Set([...(before?.supersedes ?? []), ...(blob.supersedes ?? [])])
    held.set(storeKey, { storeKey, sha256, identities, supersedes })
  }
  return held.values()
}
