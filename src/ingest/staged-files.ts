import type { StagingFolder } from '../storage/blob-store.ts'

/** Names the files that one upload puts into its staging folder. */
export class StagedFiles {
  readonly folder: StagingFolder
  #count = 0

  constructor(folder: StagingFolder) {
    this.folder = folder
  }

  /** A name that no other file of this folder has. */
  next(): string {
    return String(this.#count++)
  }
}
