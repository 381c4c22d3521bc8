import { join } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { FolderRecords } from './folder-records.ts'
import { INTERNAL_FOLDER } from './internal-folder.ts'
import type { PackageDeletion } from './package-deletion.ts'
import type { PackageManifest } from './package-manifest.ts'
import type { RecordStore, StoredRecord } from './record-store.ts'

/** Ends the name of a manifest. */
const MANIFEST = '.json'

/** Ends the name of the manifest of a package whose files are not all there yet, in a shared store. */
const BEGUN = '.begun'

/** Ends the name of a record that a package is being deleted. */
const DELETION = '.deletion'

/**
 * The manifests of all packages, one record each: the journal from which an interrupted publication is
 * finished and a lost database is made anew. A package that is being deleted has a second record beside its
 * manifest, from which the deletion is finished.
 */
export class PackageJournal {
  readonly #records: RecordStore

  constructor(records: RecordStore) {
    this.#records = records
  }

  /** Opens the journal of the local store at `root`, in `root/.symgate/packages`. */
  static async open(root: string): Promise<PackageJournal> {
    return new PackageJournal(await FolderRecords.open(join(root, INTERNAL_FOLDER, 'packages')))
  }

  /** Writes down that a package is being published; when this resolves it will be there, whatever happens. */
  async begin(manifest: PackageManifest): Promise<void> {
    if (!this.#records.isShared) return await this.write(manifest)
    await this.#write(manifest.id + BEGUN, manifest)
  }

  /** Writes down that all files of a package are published. */
  async commit(manifest: PackageManifest): Promise<void> {
    if (!this.#records.isShared) return
    await this.write(manifest)
    await this.#records.remove(manifest.id + BEGUN)
  }

  /** The packages whose publication was begun and not committed, in a shared store. */
  async begun(): Promise<readonly PackageManifest[]> {
    const found = await this.#readAll<PackageManifest>(BEGUN, 'files')
    const missing: PackageManifest[] = []
    for (const manifest of found) {
      if ((await this.read(manifest.id)) === undefined) missing.push(manifest)
      else await this.#records.remove(manifest.id + BEGUN)
    }
    return missing
  }

  /** Writes a package's manifest; it is durable when this resolves. */
  async write(manifest: PackageManifest): Promise<void> {
    await this.#write(manifest.id + MANIFEST, manifest)
  }

  /** Writes down that a package is being deleted, and how; durable when this resolves. */
  async condemn(deletion: PackageDeletion): Promise<void> {
    await this.#write(deletion.id + DELETION, deletion)
  }

  /**
   * The deletions that were begun and not finished. Fails with `store_unusable` when the record of one is
   * damaged.
   */
  async condemned(): Promise<readonly PackageDeletion[]> {
    return await this.#readAll<PackageDeletion>(DELETION, 'doomedKeys')
  }

  /** Removes a package's manifest, then the record of its deletion; durable when this resolves. */
  async remove(id: string): Promise<void> {
    await this.#records.remove(id + MANIFEST)
    if (this.#records.isShared) await this.#records.remove(id + BEGUN)
    await this.#records.remove(id + DELETION)
  }

  /** The package's manifest, or undefined when there is none. Fails with `store_unusable` when it is damaged. */
  async read(id: string): Promise<PackageManifest | undefined> {
    return await this.#read<PackageManifest>(id + MANIFEST, 'files')
  }

  /** The ids of all packages, the oldest first (ids begin with their time). */
  async ids(): Promise<readonly string[]> {
    return (await this.versions()).map(({ name }) => name)
  }

  /** The packages by id, the oldest first, each with the version of its manifest where the store has such. */
  async versions(): Promise<readonly StoredRecord[]> {
    const records = await this.#records.list()
    return records
      .filter(({ name }) => name.endsWith(MANIFEST))
      .map(({ name, version }) => ({ name: name.slice(0, -MANIFEST.length), version }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async #write(name: string, record: PackageManifest | PackageDeletion): Promise<void> {
    await this.#records.put(name, JSON.stringify(record))
  }

  async #readAll<T extends { readonly format: 1 }>(ending: string, list: keyof T): Promise<T[]> {
    const found: T[] = []
    for (const { name } of await this.#records.list()) {
      const record = name.endsWith(ending) ? await this.#read<T>(name, list) : undefined
      if (record !== undefined) found.push(record)
    }
    return found
  }

  async #read<T extends { readonly format: 1 }>(
    name: string,
    list: keyof T,
  ): Promise<T | undefined> {
    const text = await this.#records.get(name)
    if (text === undefined) return undefined
    const record = parse<T>(text, list)
    if (record === undefined)
      throw new AppError('store_unusable', `${this.#records.locate(name)} is damaged`)
    return record
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
