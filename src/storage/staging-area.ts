import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../lib/make-folder.ts'
import type { StagingFolder } from './blob-store.ts'
import { flushAll } from './flush-all.ts'

/** The staging folders of a store, all in one folder of the local disk. */
export class StagingArea {
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
  }

  /** Opens the area, making its folder. Fails with the system's error when that cannot be done. */
  static async open(root: string): Promise<StagingArea> {
    await makeFolder(root)
    return new StagingArea(root)
  }

  /** Makes an empty staging folder; `id` must be new. */
  async stage(id: string): Promise<StagingFolder> {
    await mkdir(join(this.#root, id))
    return this.#folder(id)
  }

  /** The staging folders that an earlier process left behind. */
  async leftovers(): Promise<readonly StagingFolder[]> {
    return (await readdir(this.#root)).map((id) => this.#folder(id))
  }

  /** Makes staged files durable where they are. */
  async secure(folder: StagingFolder, files: readonly string[]): Promise<void> {
    await flushAll(new Set([...files, folder.path('.')]))
  }

  #folder(id: string): StagingFolder {
    const path = join(this.#root, id)
    return {
      id,
      path: (file) => join(path, file),
      remove: (file) => rm(join(path, file), { force: true }),
      discard: () => rm(path, { recursive: true, force: true }),
    }
  }
}
