import type { PackageTable } from '../db/package-table.ts'
import { AppError } from '../lib/app-error.ts'
import type { Semaphore } from '../lib/semaphore.ts'
import type { PackageJournal } from '../storage/package-journal.ts'
import type { PackageManifest } from '../storage/package-manifest.ts'

/** What of a package may be changed afterwards; what is absent stays, a comment of null goes. */
export interface PackageEdit {
  readonly tag?: string | undefined
  readonly comment?: string | null | undefined
  readonly protected?: boolean | undefined
}

export interface PackageEditorOptions {
  readonly journal: PackageJournal
  readonly packages: PackageTable
  /** Held while packages are published and deleted. */
  readonly commit: Semaphore
}

/** Changes what is said of a package: its manifest first, durable, then the database. */
export class PackageEditor {
  readonly #options: PackageEditorOptions

  constructor(options: PackageEditorOptions) {
    this.#options = options
  }

  /** Changes the package. Fails with `not_found` when there is none, or none that has been published. */
  async edit(id: string, edit: PackageEdit): Promise<void> {
    const { journal, packages, commit } = this.#options
    await commit.run(async () => {
      const before = await journal.read(id)
      if (before === undefined) {
        throw new AppError('not_found', `there is no published upload ${JSON.stringify(id)}`)
      }
      const { comment: _, ...rest } = before
      const comment = edit.comment === undefined ? before.comment : (edit.comment ?? undefined)
      const manifest: PackageManifest = {
        ...rest,
        tag: edit.tag ?? before.tag,
        ...(comment !== undefined && { comment }),
        protected: edit.protected ?? before.protected,
      }
      await journal.write(manifest)
      packages.edit({ id, tag: manifest.tag, comment, protected: manifest.protected })
    })
  }
}
