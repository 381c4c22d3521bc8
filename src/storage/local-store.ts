import { closeSync, existsSync, open, read, renameSync, type Dir, type Dirent } from 'node:fs'
import { lstat, mkdir, opendir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { forEachParallel } from '../lib/for-each-parallel.ts'
import { fsync } from '../lib/fsync.ts'
import { isErrno } from '../lib/is-errno.ts'
import type { BlobStore, OpenBlob, Publication, StagingFolder, StoredBlob } from './blob-store.ts'
import { checkKey } from './check-key.ts'
import { flushAll } from './flush-all.ts'
import { INTERNAL_FOLDER } from './internal-folder.ts'
import { StagingArea } from './staging-area.ts'

/** System calls in flight at once: enough to let a disk merge flushes, few enough to leave threads for readers. */
const WIDTH = 8

/** Tries of a rename whose target folder a delete keeps removing: more would mean something else is wrong. */
const MAX_ATTEMPTS = 5

/**
 * Blobs as plain files `root/name/id/file`, a tree that may be exported as it is.
 *
 * Publishing goes through `root/.symgate/staging/<id>`, in the same filesystem:
 *  1. files are written in the staging folder;
 *  2. `secure` flushes them (in parallel) and the staging folder;
 *  3. `publish` makes the target folders, renames, and flushes each touched folder once.
 * A crash before (3) leaves a staging folder, which `leftovers` gives to whoever can tell whether it
 * was meant to be published; a crash inside (3) leaves some files moved and the rest in staging.
 */
export class LocalStore implements BlobStore {
  readonly #root: string
  readonly #staging: StagingArea

  private constructor(root: string, staging: StagingArea) {
    this.#root = root
    this.#staging = staging
  }

  /** Opens the store, making its folders. Fails with `store_unusable` when that cannot be done. */
  static async open(root: string): Promise<LocalStore> {
    try {
      return new LocalStore(root, await StagingArea.open(join(root, INTERNAL_FOLDER, 'staging')))
    } catch (cause) {
      throw new AppError('store_unusable', `cannot use ${root} as a store: ${String(cause)}`, {
        cause,
      })
    }
  }

  stage(id: string): Promise<StagingFolder> {
    return this.#staging.stage(id)
  }

  leftovers(): Promise<readonly StagingFolder[]> {
    return this.#staging.leftovers()
  }

  secure(folder: StagingFolder, files: readonly string[]): Promise<void> {
    return this.#staging.secure(folder, files)
  }

  publish(files: readonly Publication[]): Promise<void> {
    return this.#move(files, { isResumed: false })
  }

  resume(files: readonly Publication[]): Promise<void> {
    return this.#move(files, { isResumed: true })
  }

  async replace({ staged, key }: Publication, committed: () => void): Promise<void> {
    const target = this.#path(key)
    const folders = new Set<string>()
    await this.#makeFolders(target, folders)
    renameSync(staged, target)
    committed()
    await flushAll(folders)
  }

  open(key: string): Promise<OpenBlob | undefined> {
    const path = this.#path(key)
    // The callback interface: a FileHandle costs a small file twice the time.
    return new Promise((resolve, reject) => {
      open(path, 'r', (error, descriptor) => {
        if (error === null) return resolve(openBlob(descriptor))
        if (isErrno(error, 'ENOENT', 'ENOTDIR')) return resolve(undefined)
        reject(error)
      })
    })
  }

  async stat(key: string): Promise<StoredBlob | undefined> {
    try {
      const stats = await lstat(this.#path(key))
      return stats.isFile()
        ? { key, size: stats.size, mtimeMs: Math.trunc(stats.mtimeMs) }
        : undefined
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
      throw error
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    const left = new Set<string>()
    await forEachParallel(keys, WIDTH, async (key) => {
      const path = this.#path(key)
      await rm(path, { force: true })
      left.add(await this.#removeEmptyFolders(dirname(path)))
    })
    await forEachParallel(left, WIDTH, fsyncIfThere)
  }

  async setAside(key: string): Promise<void> {
    const path = join(this.#root, checkKey(key))
    const target = join(this.#root, INTERNAL_FOLDER, 'quarantine', key)
    const touched = new Set<string>()
    await this.#makeFolders(target, touched)
    try {
      await rename(path, target)
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return
      throw error
    }
    touched.add(await this.#removeEmptyFolders(dirname(path)))
    await forEachParallel(touched, WIDTH, fsyncIfThere)
  }

  async *list(): AsyncIterable<StoredBlob> {
    for await (const name of await opendir(this.#root)) {
      if (name.isDirectory() && name.name !== INTERNAL_FOLDER) yield* this.#listBelow(name.name)
    }
  }

  async #move(
    files: readonly Publication[],
    { isResumed }: { readonly isResumed: boolean },
  ): Promise<void> {
    const folders = new Set<string>()
    await forEachParallel(files, WIDTH, async ({ staged, key }) => {
      const target = this.#path(key)
      for (let attempt = 1; ; attempt++) {
        await this.#makeFolders(target, folders)
        try {
          await rename(staged, target)
          return
        } catch (error) {
          if (!isErrno(error, 'ENOENT')) throw error
          const isGone = !existsSync(staged)
          // It was renamed before the crash; the flush of its folder is still due.
          if (isGone && isResumed) return
          // A delete took the empty folder away between the two calls.
          if (isGone || attempt === MAX_ATTEMPTS) throw error
        }
      }
    })
    await flushAll(folders)
  }

  async *#listBelow(folder: string): AsyncIterable<StoredBlob> {
    for await (const entry of await this.#entries(folder)) {
      const key = `${folder}/${entry.name}`
      if (entry.isDirectory()) yield* this.#listBelow(key)
      if (!entry.isFile()) continue
      const blob = await this.stat(key)
      if (blob !== undefined) yield blob
    }
  }

  /** What lies in a folder; nothing where a delete took it away. */
  async #entries(folder: string): Promise<Dir | readonly Dirent[]> {
    try {
      return await opendir(join(this.#root, folder))
    } catch (error) {
      // `lost+found` of a volume belongs to the system and holds no blobs.
      if (isErrno(error, 'ENOENT', 'EACCES', 'EPERM')) return []
      throw error
    }
  }

  #path(key: string): string {
    return join(this.#root, checkKey(key))
  }

  async #makeFolders(target: string, touched: Set<string>): Promise<void> {
    const folder = dirname(target)
    await mkdir(folder, { recursive: true })
    for (let at = folder; at.length >= this.#root.length; at = dirname(at)) {
      if (touched.has(at)) return
      touched.add(at)
    }
  }

  /** Removes the folder and those around it as far as they are empty; gives the first that stays. */
  async #removeEmptyFolders(from: string): Promise<string> {
    let at = from
    for (; at.length > this.#root.length; at = dirname(at)) {
      try {
        await rmdir(at)
      } catch (error) {
        if (isErrno(error, 'ENOENT')) continue
        if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return at
        throw error
      }
    }
    return at
  }
}

/** Flushes a folder; one that another delete has taken away meanwhile is flushed with what is above it. */
async function fsyncIfThere(folder: string): Promise<void> {
  try {
    await fsync(folder)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}

function openBlob(descriptor: number): OpenBlob {
  return {
    read: (target, position) =>
      new Promise((resolve, reject) => {
        read(descriptor, target, 0, target.byteLength, position, (error, count) => {
          if (error === null) return resolve(count)
          reject(error)
        })
      }),
    // Closing a file that was only read never waits for a disk: a thread would cost more than the call.
    close: () => closeSync(descriptor),
  }
}
