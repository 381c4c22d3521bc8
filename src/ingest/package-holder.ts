import type { Semaphore } from '../lib/semaphore.ts'
import { AppError } from '../lib/app-error.ts'
import { matchesWildcard } from '../lib/matches-wildcard.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { PackageFile, PackageManifest } from '../storage/package-manifest.ts'
import { FILE_KINDS } from '../symbols/identification.ts'
import { checkTag } from './check-tag.ts'
import { newPackageId } from './new-package-id.ts'
import type { PackageRecorder } from './package-recorder.ts'
import type { AskedFile, Presence, PresenceCheck } from './presence-check.ts'
import type { Publisher } from './publisher.ts'
import { toManifest } from './to-manifest.ts'
import type { Unpublisher } from './unpublisher.ts'
import type { Uploader, UploadDetails } from './upload.ts'

export interface PackageHolderOptions {
  readonly store: BlobStore
  readonly presence: PresenceCheck
  readonly publisher: Publisher
  readonly unpublisher: Unpublisher
  readonly recorder: PackageRecorder
  /** One package is published at a time. */
  readonly commit: Semaphore
}

/** What an uploader has and the server has, too. */
export interface HeldFiles {
  /** `name` is the path of a file's row. */
  readonly files: readonly (AskedFile & { readonly name: string })[]
  readonly details: UploadDetails
  readonly uploader: Uploader | undefined
}

/**
 * Makes packages of files that are hosted already, as if they had been sent again: without one, a build
 * whose files came with another's would lose them when that one goes.
 */
export class PackageHolder {
  readonly #options: PackageHolderOptions

  constructor(options: PackageHolderOptions) {
    this.#options = options
  }

  /**
   * Makes a package of those of the files that are hosted with these bytes, each a duplicate. Fails with
   * `nothing_to_store` when none is, and with `token_limited`.
   */
  async hold({ files, details, uploader }: HeldFiles): Promise<PackageManifest> {
    const { store, presence, publisher, unpublisher, recorder, commit } = this.#options
    checkTag(details.tag, uploader)
    const receivedAtMs = Date.now()
    const folder = await store.stage(newPackageId())
    try {
      const manifest = await commit.run(async () => {
        // What is being deleted is not held by anybody any more.
        await unpublisher.finish()
        const found = await presence.check(files)
        const rows = files.flatMap((file, index) => toRow(file, found[index], uploader))
        if (rows.length === 0)
          throw new AppError('nothing_to_store', 'none of the files is hosted with these bytes')
        const base = { id: folder.id, receivedAtMs, details }
        const held = toManifest(base, { uploader }, rows, false)
        await publisher.publish(held, folder, { replacedKeys: new Set() })
        return held
      })
      await recorder.published(manifest)
      return manifest
    } finally {
      await folder.discard()
    }
  }
}

function toRow(
  { name, path }: HeldFiles['files'][number],
  presence: Presence | undefined,
  uploader: Uploader | undefined,
): PackageFile[] {
  if (presence?.state !== 'present') return []
  const { key, kind, size, etag } = presence.blob
  const fileKind = FILE_KINDS.find((known) => known === kind)
  const ownName = path.slice(0, path.indexOf('/'))
  const names = uploader?.names ?? []
  const isAllowed = names.length === 0 || names.some((each) => matchesWildcard(each, ownName))
  if (fileKind === undefined || !isAllowed) return []
  const blob = { kind: fileKind, size, sha256: etag, storeKey: key, identities: [] }
  return [{ path: name, status: 'duplicate', keys: [key], blob }]
}
