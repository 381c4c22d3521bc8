import type { FreeSpace } from '../lib/free-space.ts'

/** Of the space that is to stay free, what fills may take that will not be kept. */
const SPOOL_SHARE = 0.5

/** The room of one fill. */
export interface SpoolRoom {
  /** Whether the file is to be kept; false when it goes with its last reader. */
  readonly isKept: boolean
  /** Whether a file of this size has room at present, as far as one can tell. */
  fits(size: number): Promise<boolean>
  /** Claims room for bytes that are about to be written; false when there is none. */
  take(bytes: number): Promise<boolean>
  /** Gives back what was claimed: the file is gone, or is kept. */
  release(): void
}

/**
 * Room for files while they come (The fill, 8). While the cache's disk has less free than is to stay free,
 * fills take from a reserve, are not kept, and go with their last reader; beyond the reserve there are none.
 */
export class FillSpool {
  readonly #space: Pick<FreeSpace, 'isLow' | 'minBytes'>
  /** Taken by all fills that will not be kept. */
  #taken = 0

  constructor(space: Pick<FreeSpace, 'isLow' | 'minBytes'>) {
    this.#space = space
  }

  /** The room of a new fill. */
  open(): SpoolRoom {
    const space = this.#space
    const reserve = space.minBytes * SPOOL_SHARE
    let isKept = true
    let written = 0
    const claim = (bytes: number): boolean => {
      if (this.#taken + bytes > reserve) return false
      this.#taken += bytes
      return true
    }
    return {
      get isKept() {
        return isKept
      },
      fits: async (size) => !(await space.isLow()) || this.#taken + size <= reserve,
      take: async (bytes) => {
        if (isKept && (await space.isLow(bytes))) {
          // All of it from now on, so that a large file does not fill the disk.
          if (!claim(written)) return false
          isKept = false
        }
        if (!isKept && !claim(bytes)) return false
        written += bytes
        return true
      },
      release: () => {
        if (!isKept) this.#taken -= written
        written = 0
      },
    }
  }
}
