import { statfs } from 'node:fs/promises'

/** How long a look at the disk is believed. */
const BELIEVED_MS = 1000

export interface FreeSpaceOptions {
  /** A folder on the disk. */
  readonly path: string
  /** What is to stay free; 0 means that nobody cares. */
  readonly minBytes: number
  /** Told when the space becomes too little, and when there is enough again. */
  readonly changed?: (isLow: boolean, freeBytes: number) => void
}

/** Watches that a disk keeps some space free, so that it is never quite full. */
export class FreeSpace {
  readonly #options: FreeSpaceOptions
  #lackingBytes = 0
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined

  constructor(options: FreeSpaceOptions) {
    this.#options = options
  }

  /** What is to stay free. */
  get minBytes(): number {
    return this.#options.minBytes
  }

  /** Whether less is free than is to stay so, as of a moment ago. */
  async isLow(): Promise<boolean> {
    return (await this.lacking()) > 0
  }

  /** How many bytes are lacking, as of a moment ago; 0 where there is enough, or where the disk cannot be asked. */
  async lacking(): Promise<number> {
    // By the clock that never jumps.
    if (this.#options.minBytes > 0 && performance.now() - this.#lookedAtMs >= BELIEVED_MS) {
      this.#looking ??= this.#look().finally(() => (this.#looking = undefined))
      await this.#looking
    }
    return this.#lackingBytes
  }

  async #look(): Promise<void> {
    const { path, minBytes, changed } = this.#options
    const before = this.#lackingBytes > 0
    let freeBytes = Infinity
    try {
      const { bavail, bsize } = await statfs(path)
      freeBytes = bavail * bsize
    } catch {
      // Whoever writes there will hear what is wrong.
    }
    this.#lackingBytes = Math.max(0, minBytes - freeBytes)
    this.#lookedAtMs = performance.now()
    if (before !== this.#lackingBytes > 0) changed?.(this.#lackingBytes > 0, freeBytes)
  }
}
