import type { BlobTable } from '../db/blob-table.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { PackageFile } from '../storage/package-manifest.ts'
import { identityKey } from '../symbols/identity.ts'
import type { CollectedFile } from './collected-file.ts'
import { filedElsewhere } from './filed-elsewhere.ts'
import type { ConflictRule } from './upload.ts'

type Accepted = Extract<CollectedFile, { kind: 'accepted' }>

/** Who answers for an identity, in the index or by an earlier file of the same package. */
interface Owner {
  readonly sha256: string
  readonly storeKey: string
}

/** What is to become of a package's files, and which stored keys change their content. */
export interface PackagePlan {
  readonly files: readonly PackageFile[]
  /** Store keys that hold other bytes now and are to be replaced. */
  readonly replacedKeys: ReadonlySet<string>
}

export interface PlanOptions {
  readonly blobs: BlobTable
  readonly store: BlobStore
  /** The rule for a file of this kind. */
  readonly ruleFor: (kind: string) => ConflictRule
}

/**
 * Decides for every file of a package: stored, duplicate, conflict, skipped or rejected. Two files are
 * the same when they share an identity; same identity with other bytes is a conflict, which the rule
 * settles and the file's row tells.
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
    const owners = new Map<string, Owner>()
    for (const identity of identification.identities) {
      const owner = await this.#owner(identityKey(identity))
      if (owner !== undefined) owners.set(identityKey(identity), owner)
    }
    const other = [...owners.values()].find((owner) => owner.sha256 !== sha256)
    const same = [...owners.values()].find((owner) => owner.sha256 === sha256)
    if (
      same !== undefined &&
      owners.size === identification.identities.length &&
      other === undefined
    ) {
      return this.#row(file, 'duplicate', same.storeKey)
    }
    if (other !== undefined && this.#options.ruleFor(identification.kind) === 'replace') {
      return this.#replace(file, other)
    }
    const free = new Set(
      identification.identities.map(identityKey).filter((key) => owners.get(key) === undefined),
    )
    const storeKey = identification.keys.find((key) => this.#isFree(key, sha256))
    if (free.size === 0 || storeKey === undefined) {
      const reason = `other bytes are hosted under this id already (sha256 ${other?.sha256 ?? 'unknown'}) and are kept`
      return this.#row(file, 'conflict', other?.storeKey ?? identification.keys[0] ?? '', reason)
    }
    return this.#store(
      file,
      storeKey,
      free,
      other && `shares an id with other bytes (sha256 ${other.sha256}), which keep it`,
    )
  }

  #replace(file: Accepted, other: Owner): PackageFile {
    const storeKey = file.identification.keys[0] ?? other.storeKey
    const held = this.#options.blobs.byKey('hosted', storeKey)
    if (held !== undefined && held.etag !== file.sha256) this.replacedKeys.add(storeKey)
    const all = new Set(file.identification.identities.map(identityKey))
    return this.#store(
      file,
      storeKey,
      all,
      `replaces other bytes of this id (sha256 ${other.sha256})`,
    )
  }

  #store(
    file: Accepted,
    storeKey: string,
    identities: ReadonlySet<string>,
    reason: string | undefined,
  ): PackageFile {
    for (const identity of identities)
      this.#claimed.set(identity, { sha256: file.sha256, storeKey })
    this.#takenKeys.set(storeKey, file.sha256)
    return this.#row(file, 'stored', storeKey, reason, identities)
  }

  #row(
    file: Accepted,
    status: 'stored' | 'duplicate' | 'conflict',
    storeKey: string,
    reason?: string,
    identities: ReadonlySet<string> = new Set(),
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
        ...(status === 'stored' && { staged }),
      },
    }
  }

  async #owner(identity: string): Promise<Owner | undefined> {
    const claimed = this.#claimed.get(identity)
    if (claimed !== undefined) return claimed
    const blob = this.#options.blobs.owner(identity, 'hosted')
    if (blob === undefined) return undefined
    // What somebody removed from the tree by hand must not make its new upload a duplicate.
    const stored = await this.#options.store.stat(blob.key)
    return stored?.size === blob.size ? { sha256: blob.etag, storeKey: blob.key } : undefined
  }

  #isFree(key: string, sha256: string): boolean {
    const holder = this.#takenKeys.get(key) ?? this.#options.blobs.byKey('hosted', key)?.etag
    return holder === undefined || holder === sha256
  }
}
