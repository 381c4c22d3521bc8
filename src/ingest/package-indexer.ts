import type { BlobClaim, BlobTable } from '../db/blob-table.ts'
import type { HostedNameTable } from '../db/hosted-name-table.ts'
import type { PackageTable } from '../db/package-table.ts'
import type { MissForgetter } from './miss-forgetter.ts'
import { packageRecordOf } from './package-record-of.ts'
import type { PackageFile, PackageManifest } from '../storage/package-manifest.ts'
import { identityKey } from '../symbols/identity.ts'

export interface PackageIndexerOptions {
  readonly blobs: BlobTable
  readonly packages: PackageTable
  readonly hostedNames: HostedNameTable
  /** All who remember that something is not to be had. */
  readonly misses: readonly MissForgetter[]
}

/** Brings what a manifest says into the database: when a package is published, resumed or reindexed. */
export class PackageIndexer {
  readonly #options: PackageIndexerOptions

  constructor(options: PackageIndexerOptions) {
    this.#options = options
  }

  /** Makes one stored file findable, at once. */
  putFile(manifest: PackageManifest, file: PackageFile): void {
    const claim = toClaim(manifest, file)
    if (claim !== undefined) this.#options.blobs.put(claim)
  }

  /** Makes the names of these keys known as hosted. */
  async putNames(keys: readonly string[]): Promise<void> {
    const names = keys.map((key) => key.slice(0, key.indexOf('/')).toLowerCase())
    // `_.debug` and `_.dwarf` stand for every file of their kind (SSQP).
    const own = new Set(names.filter((name) => !name.startsWith('_.')))
    await this.#options.hostedNames.addAll([...own])
  }

  /**
   * Indexes a whole package: its stored files (but those with a key in `done`), the names it hosts, its
   * history; ends the misses of its identities. May be repeated.
   */
  async put(manifest: PackageManifest, done: ReadonlySet<string> = new Set()): Promise<void> {
    const claims = claimsOf(manifest).filter(({ blob }) => !done.has(blob.key))
    await this.#put(manifest, claims)
  }

  /**
   * `put` for a rebuilt index, in which packages come the newest first: what a newer one has claimed
   * stays its own, so that no row ever tells of bytes that were replaced since.
   */
  async putOlder(manifest: PackageManifest): Promise<void> {
    const { blobs } = this.#options
    const claims: BlobClaim[] = []
    for (const { blob, identities } of claimsOf(manifest)) {
      const free = identities.filter((identity) => blobs.owner(identity, 'hosted') === undefined)
      // A blob that has lost everything to newer ones was removed.
      if (free.length === 0) continue
      const newer = blobs.byKey('hosted', blob.key)
      if (newer === undefined) claims.push({ blob, identities: free })
      if (newer?.etag === blob.etag) blobs.give('hosted', blob.key, free)
    }
    await this.#put(manifest, claims)
  }

  async #put(manifest: PackageManifest, claims: readonly BlobClaim[]): Promise<void> {
    const { blobs, packages, misses } = this.#options
    // The names of duplicates and of kept-out files too: they can be asked for.
    await this.putNames(
      manifest.files.flatMap(({ blob, keys }) => (blob === undefined ? [] : keys)),
    )
    await blobs.putAll(claims)
    const arrived = claimsOf(manifest).flatMap(({ identities }) => identities)
    for (const memory of misses) await memory.forgetIdentities(arrived)
    await packages.add(packageRecordOf(manifest))
  }
}

function claimsOf(manifest: PackageManifest): readonly BlobClaim[] {
  return manifest.files
    .map((file) => toClaim(manifest, file))
    .filter((claim) => claim !== undefined)
}

function toClaim(manifest: PackageManifest, { blob }: PackageFile): BlobClaim | undefined {
  if (blob === undefined || blob.identities.length === 0) return undefined
  return {
    blob: {
      root: 'hosted',
      key: blob.storeKey,
      kind: blob.kind,
      size: blob.size,
      etag: blob.sha256,
      source: undefined,
      modifiedAtMs: manifest.receivedAtMs,
    },
    identities: blob.identities.map(identityKey),
  }
}
