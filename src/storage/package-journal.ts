import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { fsync } from '../lib/fsync.ts'
import { isErrno } from '../lib/is-errno.ts'
import type { PackageManifest } from './package-manifest.ts'
import { INTERNAL_FOLDER } from './store-path.ts'

/**
 * The manifests of all packages, one JSON file each in `root/.symgate/packages`: the journal from which
 * an interrupted publication is finished and a lost database is made anew.
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
    const path = this.#path(manifest.id)
    const temporary = `${path}.tmp`
    try {
      await using handle = await open(temporary, 'w')
      await handle.writeFile(JSON.stringify(manifest))
      await handle.sync()
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    await rename(temporary, path)
    await fsync(this.#folder)
  }

  /** Removes a package's manifest; durable when this resolves. */
  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true })
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
    const manifest = parse(text)
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

  #path(id: string): string {
    return join(this.#folder, `${id}.json`)
  }
}

/** The text as a manifest, written by us, unless the disk has damaged it. */
function parse(text: string): PackageManifest | undefined {
  try {
    const manifest = JSON.parse(text) as PackageManifest | null
    return manifest?.format === 1 && Array.isArray(manifest.files) ? manifest : undefined
  } catch {
    return undefined
  }
}
