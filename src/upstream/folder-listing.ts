import { opendir, stat } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'

/** A folder beyond this is not looked through: its files are found in the exact case alone. */
const MAX_FOLDER_ENTRIES = 200_000

/** Names kept of all folders together, some 40 MB when full. */
const MAX_KEPT_ENTRIES = 400_000

/** A folder that has changed so shortly ago may change again without a new time (SMB: 2 s on FAT). */
const SETTLED_AFTER_MS = 3000

/** Names of one folder by their lower case. */
type Names = ReadonlyMap<string, readonly string[]>

/** A folder as it was found. */
interface Listing {
  readonly names: Names
  readonly changedAtMs: number
}

/** Finds entries of folders whatever the case of their names; what was listed is kept until the folder changes. */
export class FolderListing {
  readonly #kept = new LRUCache<string, Listing>({
    maxSize: MAX_KEPT_ENTRIES,
    sizeCalculation: ({ names }) => names.size + 1,
  })
  readonly #listing = new Map<string, Promise<Names>>()

  /** The entries of a folder that differ from `name` in case at most, `name` itself first; rejects with the system's error. */
  async matching(folder: string, name: string): Promise<readonly string[]> {
    const { mtimeMs } = await stat(folder)
    const kept = this.#kept.get(folder)
    const names = kept?.changedAtMs === mtimeMs ? kept.names : await this.#list(folder, mtimeMs)
    const found = names.get(name.toLowerCase()) ?? []
    return [...found].sort((a, b) => Number(b === name) - Number(a === name))
  }

  async #list(folder: string, changedAtMs: number): Promise<Names> {
    const running = this.#listing.get(folder)
    if (running !== undefined) return await running
    const listing = list(folder)
    this.#listing.set(folder, listing)
    try {
      const names = await listing
      const isSettled = Date.now() - changedAtMs > SETTLED_AFTER_MS
      if (isSettled) this.#kept.set(folder, { names, changedAtMs })
      return names
    } finally {
      this.#listing.delete(folder)
    }
  }
}

async function list(folder: string): Promise<Names> {
  const names = new Map<string, string[]>()
  let count = 0
  for await (const { name } of await opendir(folder, { bufferSize: 1024 })) {
    if (++count > MAX_FOLDER_ENTRIES) return new Map()
    const lower = name.toLowerCase()
    const same = names.get(lower)
    if (same === undefined) names.set(lower, [name])
    else same.push(name)
  }
  return names
}
