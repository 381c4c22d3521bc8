import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { fsync } from '../lib/fsync.ts'
import { isErrno } from '../lib/is-errno.ts'
import type { PackageDeletion } from './package-deletion.ts'
import type { PackageManifest } from './package-manifest.ts'
import { INTERNAL_FOLDER } from './internal-folder.ts'

/** Ends the name of a record that a package is being deleted. */
const DELETION = '.deletion'

/**
 * The manifests of all packages, one JSON file each in `root/.symgate/packages`: the journal from which
 * an interrupted publication is finished and a lost database is made anew. A package that is being deleted
 * has a second file beside its manifest, from which the deletion is finished.
 */
export class PackageJournal {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Opens the journal of the store at `root`, making its folder and dropping half-written manifests. */
  static async open(root: string): Promise<PackageJournal> {
    const folder = join(root, INTERNAL_FOLDER, 'packages')
    await mkdir(folder, { recursive: true })
    for (const name of await readdir(folder)) {
      if (name.endsWith('.tmp')) await rm(join(folder, name), { force: true })
    }
    return new PackageJournal(folder)
  }

  /** Writes a package's manifest; it is durable when this resolves. */
  async write(manifest: PackageManifest): Promise<void> {
    await this.#write(this.#path(manifest.id), manifest)
  }

  /** Writes down that a package is being deleted, and how; durable when this resolves. */
  async condemn(deletion: PackageDeletion): Promise<void> {
    await this.#write(this.#path(deletion.id, DELETION), deletion)
  }

  /**
   * The deletions that were begun and not finished. Fails with `store_unusable` when the record of one is
   * damaged.
   */
  async condemned(): Promise<readonly PackageDeletion[]> {
    const deletions: PackageDeletion[] = []
    for (const name of await readdir(this.#folder)) {
      if (!name.endsWith(DELETION)) continue
      const path = join(this.#folder, name)
      const deletion = parse<PackageDeletion>(await readFile(path, 'utf8'), 'doomedKeys')
      if (deletion === undefined)
        throw new AppError('store_unusable', `${path} is damaged: it is no record of a deletion`)
      deletions.push(deletion)
    }
    return deletions
  }

  /** Removes a package's manifest, then the record of its deletion; durable when this resolves. */
  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true })
    await fsync(this.#folder)
    await rm(this.#path(id, DELETION), { force: true })
    await fsync(this.#folder)
  }

  /** The package's manifest, or undefined when there is none. Fails with `store_unusable` when it is damaged. */
  async read(id: string): Promise<PackageManifest | undefined> {
    let text: string
    try {
      text = await readFile(this.#path(id), 'utf8')
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    }
    const manifest = parse<PackageManifest>(text, 'files')
    if (manifest === undefined)
      throw new AppError('store_unusable', `${this.#path(id)} is damaged: it is no manifest`)
    return manifest
  }

  /** The ids of all packages, the oldest first (ids begin with their time). */
  async ids(): Promise<readonly string[]> {
    const names = await readdir(this.#folder)
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .sort()
  }

  async #write(path: string, record: PackageManifest | PackageDeletion): Promise<void> {
    const temporary = `${path}.tmp`
    try {
      await using handle = await open(temporary, 'w')
      await handle.writeFile(JSON.stringify(record))
      await handle.sync()
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    await rename(temporary, path)
    await fsync(this.#folder)
  }

  #path(id: string, ending = '.json'): string {
    return join(this.#folder, `${id}${ending}`)
  }
}

/** The text as a record with this list in it, written by us, unless the disk has damaged it. */
function parse<T extends { readonly format: 1 }>(text: string, list: keyof T): T | undefined {
  try {
    const record = JSON.parse(text) as T | null
    return record?.format === 1 && Array.isArray(record[list]) ? record : undefined
  } catch {
    return undefined
  }
}
