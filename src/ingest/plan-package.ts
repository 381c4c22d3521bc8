import type { BlobTable, IndexedBlob } from '../db/blob-table.ts'
import type { PackageHoldings } from '../db/package-holdings.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { PackageFile } from '../storage/package-manifest.ts'
import { identityKey } from '../symbols/identity.ts'
import type { CollectedFile } from './collected-file.ts'
import { filedElsewhere } from './filed-elsewhere.ts'
import { shadowedIdentities } from './shadowed-identities.ts'
import { takeoverLimit } from './takeover-limit.ts'
import type { ConflictRule, Uploader } from './upload.ts'

type Accepted = Extract<CollectedFile, { kind: 'accepted' }>

/** Who answers for an identity, in the index or by an earlier file of the same package. */
interface Owner {
  readonly sha256: string
  readonly storeKey: string
  readonly isOfPackage: boolean
}

/** What is to become of a package's files, and which stored keys change their content. */
export interface PackagePlan {
  readonly files: readonly PackageFile[]
  /** Store keys that hold other bytes now and are to be replaced. */
  readonly replacedKeys: ReadonlySet<string>
}

export interface PlanOptions {
  readonly blobs: BlobTable
  readonly holdings: Pick<PackageHoldings, 'files'>
  readonly store: BlobStore
  /** Whoever brings the package and what he is limited to; undefined: nothing. */
  readonly uploader?: Uploader | undefined
  /** The rule for a file of this kind. */
  readonly ruleFor: (kind: string) => ConflictRule
}

/**
 * Decides for every file of a package: stored, duplicate, conflict, skipped or rejected. Two files are
 * the same when they share an identity; same identity with other bytes is a conflict, which the rule
 * settles and the file's row tells. Within a package the first file wins under any rule. A file that would answer in the
 * place of bytes that are hosted under a name of somebody else's is rejected.
 */
export async function planPackage(
  collected: readonly CollectedFile[],
  options: PlanOptions,
): Promise<PackagePlan> {
  const planner = new Planner(options)
  const files: PackageFile[] = []
  for (const file of collected) {
    files.push(
      file.kind === 'accepted'
        ? await planner.plan(file)
        : { path: file.path, status: file.kind, reason: file.reason, keys: [] },
    )
  }
  return { files, replacedKeys: planner.replacedKeys }
}

class Planner {
  readonly replacedKeys = new Set<string>()
  readonly #options: PlanOptions
  readonly #claimed = new Map<string, Owner>()
  readonly #takenKeys = new Map<string, string>()

  constructor(options: PlanOptions) {
    this.#options = options
  }

  async plan(file: Accepted): Promise<PackageFile> {
    const { identification, sha256 } = file
    const ids = identification.identities.map(identityKey)
    const owners = new Map<string, Owner>()
    for (const id of ids) {
      const owner = await this.#owner(id)
      if (owner !== undefined) owners.set(id, owner)
    }
    const others = [...owners.values()].filter((owner) => owner.sha256 !== sha256)
    const same = [...owners.values()].find((owner) => owner.sha256 === sha256)
    if (same !== undefined && others.length === 0 && owners.size === ids.length)
      return this.#row(file, 'duplicate', same.storeKey)

    const [other] = others
    const isReplaceable = other !== undefined && !others.some(({ isOfPackage }) => isOfPackage)
    const replaces = isReplaceable && this.#options.ruleFor(identification.kind) === 'replace'
    const limit = await this.#limit(file, replaces ? [...owners.values()] : [])
    if (limit !== undefined) return { path: file.path, status: 'rejected', reason: limit, keys: [] }
    if (replaces) return this.#replace(file, other, [...owners.values()])

    const storeKey = await this.#freeKey(file)
    if (owners.size === ids.length || storeKey === undefined) {
      const answering = same ?? other
      const reason = other
        ? `other bytes are hosted under this id already, as ${other.storeKey} (sha256 ${other.sha256}), and are kept`
        : `other bytes are hosted under its paths already and are kept`
      return this.#row(
        file,
        'conflict',
        answering?.storeKey ?? identification.keys[0] ?? '',
        reason,
      )
    }
    // What these bytes answer for under this key already they go on answering for.
    const claimed = ids.filter((id) => {
      const owner = owners.get(id)
      return owner === undefined || (owner.sha256 === sha256 && owner.storeKey === storeKey)
    })
    return this.#store(
      file,
      storeKey,
      new Set(claimed),
      other &&
        `shares an id with other bytes, hosted as ${other.storeKey} (sha256 ${other.sha256}), which keep it`,
    )
  }

  /** Why the uploader may not have the file answer in the place of those it replaces, or shadows by its paths. */
  async #limit(file: Accepted, replaced: readonly Owner[]): Promise<string | undefined> {
    const { uploader, holdings } = this.#options
    if (uploader === undefined || uploader.names.length === 0) return undefined
    const shadowed = await Promise.all(
      shadowedIdentities(file.identification).map((identity) => this.#owner(identity)),
    )
    return [...replaced, ...shadowed]
      .filter((owner) => owner !== undefined && !owner.isOfPackage && owner.sha256 !== file.sha256)
      .map((owner) => owner && takeoverLimit(owner, uploader, holdings))
      .find((limit) => limit !== undefined)
  }

  #replace(file: Accepted, other: Owner, owners: readonly Owner[]): PackageFile {
    const storeKey = file.identification.keys[0] ?? other.storeKey
    const supersedes = new Set(owners.map((owner) => owner.storeKey))
    supersedes.delete(storeKey)
    const held = this.#options.blobs.byKey('hosted', storeKey)
    if (held !== undefined && held.etag !== file.sha256) {
      this.replacedKeys.add(storeKey)
      supersedes.add(storeKey)
    }
    const all = new Set(file.identification.identities.map(identityKey))
    const reason = `replaces other bytes of this id (sha256 ${other.sha256})`
    return this.#store(file, storeKey, all, reason, supersedes)
  }

  #store(
    file: Accepted,
    storeKey: string,
    identities: ReadonlySet<string>,
    reason: string | undefined,
    supersedes?: ReadonlySet<string>,
  ): PackageFile {
    for (const identity of identities)
      this.#claimed.set(identity, { sha256: file.sha256, storeKey, isOfPackage: true })
    this.#takenKeys.set(storeKey, file.sha256)
    return this.#row(file, 'stored', storeKey, reason, identities, supersedes)
  }

  #row(
    file: Accepted,
    status: 'stored' | 'duplicate' | 'conflict',
    storeKey: string,
    reason?: string,
    identities: ReadonlySet<string> = new Set(),
    supersedes?: ReadonlySet<string>,
  ): PackageFile {
    const { identification, path, size, sha256, staged } = file
    const notes = [reason, filedElsewhere(path, identification)].filter(
      (note) => note !== undefined,
    )
    return {
      path,
      status,
      ...(notes.length > 0 && { reason: notes.join('; ') }),
      keys: identification.keys,
      blob: {
        kind: identification.kind,
        size,
        sha256,
        storeKey,
        identities: identification.identities.filter((identity) =>
          identities.has(identityKey(identity)),
        ),
        ...(supersedes !== undefined && { supersedes: [...supersedes] }),
        ...(status === 'stored' && { staged }),
      },
    }
  }

  async #owner(identity: string): Promise<Owner | undefined> {
    const claimed = this.#claimed.get(identity)
    if (claimed !== undefined) return claimed
    const blob = this.#options.blobs.owner(identity, 'hosted')
    if (blob === undefined || !(await this.#isThere(blob))) return undefined
    return { sha256: blob.etag, storeKey: blob.key, isOfPackage: false }
  }

  /** The first key of the file under which nothing else lies. */
  async #freeKey({ identification, sha256 }: Accepted): Promise<string | undefined> {
    for (const key of identification.keys) {
      const taken = this.#takenKeys.get(key)
      if (taken === sha256) return key
      if (taken !== undefined) continue
      const blob = this.#options.blobs.byKey('hosted', key)
      if (blob === undefined || blob.etag === sha256 || !(await this.#isThere(blob))) return key
    }
    return undefined
  }

  /** What somebody removed from the tree by hand must not stand in the way of a new upload. */
  async #isThere({ key, size }: IndexedBlob): Promise<boolean> {
    return (await this.#options.store.stat(key))?.size === size
  }
}
