import type { Semaphore } from '../lib/semaphore.ts'
import { AppError } from '../lib/app-error.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { PackageFile } from '../storage/package-manifest.ts'
import { FILE_KINDS } from '../symbols/identification.ts'
import { checkTag } from './check-tag.ts'
import type { IngestResult } from './ingest.ts'
import { nameLimit } from './name-limit.ts'
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
   * Makes a package of those of the files that are hosted with these bytes: each a duplicate, or rejected where
   * the uploader may not publish its name. What is not hosted has no row. Without a duplicate the package is
   * refused. Fails with `token_limited` for a foreign tag.
   */
  async hold({ files, details, uploader }: HeldFiles): Promise<IngestResult> {
    const { store, presence, publisher, unpublisher, recorder, commit } = this.#options
    checkTag(details.tag, uploader)
    const receivedAtMs = Date.now()
    const folder = await store.stage(newPackageId())
    try {
      const { manifest, refusal } = await commit.run(async () => {
        // What is being deleted is not held by anybody any more.
        await unpublisher.finish()
        const found = await presence.check(files)
        const rows = files.flatMap((file, index) => toRow(file, found[index], uploader))
        const refusal = refusalOf(rows)
        const base = { id: folder.id, receivedAtMs, details }
        const manifest = toManifest(base, { uploader }, rows, refusal !== undefined)
        if (refusal === undefined)
          await publisher.publish(manifest, folder, { replacedKeys: new Set() })
        return { manifest, refusal }
      })
      if (refusal === undefined) await recorder.published(manifest)
      else await recorder.refused(manifest, refusal)
      return { manifest, refusal }
    } finally {
      await folder.discard()
    }
  }
}

function toRow(
  { name }: HeldFiles['files'][number],
  presence: Presence | undefined,
  uploader: Uploader | undefined,
): PackageFile[] {
  if (presence?.state !== 'present') return []
  const { key, kind, size, etag } = presence.blob
  const fileKind = FILE_KINDS.find((known) => known === kind)
  if (fileKind === undefined) return []
  const reason = nameLimit({ path: name, keys: [key] }, uploader)
  if (reason !== undefined) return [{ path: name, status: 'rejected', reason, keys: [] }]
  const blob = { kind: fileKind, size, sha256: etag, storeKey: key, identities: [] }
  return [{ path: name, status: 'duplicate', keys: [key], blob }]
}

function refusalOf(rows: readonly PackageFile[]): AppError | undefined {
  if (rows.some(({ status }) => status === 'duplicate')) return undefined
  const why = rows[0]?.reason ?? 'none of the files is hosted with these bytes'
  return new AppError('nothing_to_store', why)
}
