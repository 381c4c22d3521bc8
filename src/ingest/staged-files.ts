import { writeFile } from 'node:fs/promises'
import type { StagingFolder } from '../storage/blob-store.ts'
import type { CollectOptions } from './collect-options.ts'
import { diskFull } from './disk-full.ts'

/** Small files written at once: as many as there are threads for it. What they hold is in memory. */
const MAX_WRITING = 16

/** The files that one upload puts into its staging folder. */
export class StagedFiles {
  readonly folder: StagingFolder
  /** Asked while a file is written; what it rejects with ends that. */
  readonly proceed: CollectOptions['proceed']
  readonly #writing = new Set<Promise<void>>()
  #count = 0
  #failure: { readonly error: unknown } | undefined

  constructor(folder: StagingFolder, proceed?: CollectOptions['proceed']) {
    this.folder = folder
    this.proceed = proceed
  }

  /** A name that no other file of this folder has. */
  next(): string {
    return String(this.#count++)
  }

  /**
   * Begins to write a file and gives its name; it is there when `settle` has resolved. Waiting for each would
   * cost an archive of small files most of its time.
   */
  async write(bytes: Uint8Array): Promise<string> {
    while (this.#writing.size >= MAX_WRITING) await Promise.race(this.#writing)
    if (this.#failure !== undefined) throw this.#failure.error
    const name = this.next()
    const writing = writeFile(this.folder.path(name), bytes, { flag: 'wx' })
      .catch((error: unknown) => {
        this.#failure ??= { error: diskFull(error) }
      })
      .finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
    return name
  }

  /** Waits until nothing is being written. Throws what went wrong with that, `disk_full` among it. */
  async settle(): Promise<void> {
    await Promise.all(this.#writing)
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
