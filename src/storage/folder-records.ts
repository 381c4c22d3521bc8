import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fsync } from '../lib/fsync.ts'
import { isErrno } from '../lib/is-errno.ts'
import { makeFolder } from '../lib/make-folder.ts'
import type { RecordStore, StoredRecord } from './record-store.ts'

/** Records as files of one folder. */
export class FolderRecords implements RecordStore {
  readonly isShared = false
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Opens the folder, making it and dropping what was half-written. */
  static async open(folder: string): Promise<FolderRecords> {
    await makeFolder(folder)
    for (const name of await readdir(folder)) {
      if (name.endsWith('.tmp')) await rm(join(folder, name), { force: true })
    }
    return new FolderRecords(folder)
  }

  async put(name: string, text: string): Promise<void> {
    const path = this.locate(name)
    const temporary = `${path}.tmp`
    try {
      await using handle = await open(temporary, 'w')
      await handle.writeFile(text)
      await handle.sync()
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    await rename(temporary, path)
    await fsync(this.#folder)
  }

  async get(name: string): Promise<string | undefined> {
    try {
      return await readFile(this.locate(name), 'utf8')
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.locate(name), { force: true })
    await fsync(this.#folder)
  }

  async list(): Promise<readonly StoredRecord[]> {
    return (await readdir(this.#folder)).map((name) => ({ name, version: '' }))
  }

  locate(name: string): string {
    return join(this.#folder, name)
  }
}
