import { statfs } from 'node:fs/promises'

/** How long a look at the disk is believed. */
const BELIEVED_MS = 1000

/** How much may be written before the disk is looked at again: a fast upload brings a gigabyte in a second. */
const BELIEVED_BYTES = 4 << 20

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
  #freeBytes = Infinity
  #spentBytes = 0
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined

  constructor(options: FreeSpaceOptions) {
    this.#options = options
  }

  /** What is to stay free. */
  get minBytes(): number {
    return this.#options.minBytes
  }

  /** Whether less is free than is to stay so, as of a moment ago; `bytes` are about to be written. */
  async isLow(bytes = 0): Promise<boolean> {
    this.#spentBytes += bytes
    return (await this.lacking()) > 0
  }

  /** How many bytes are lacking, as of a moment ago; 0 where there is enough, or where the disk cannot be asked. */
  async lacking(): Promise<number> {
    return this.#options.minBytes === 0 ? 0 : this.#lackingOf(await this.freeBytes())
  }

  /** How many bytes are free, as of a moment ago; infinitely many where the disk cannot be asked. */
  async freeBytes(): Promise<number> {
    // By the clock that never jumps.
    const isOld =
      performance.now() - this.#lookedAtMs >= BELIEVED_MS || this.#spentBytes >= BELIEVED_BYTES
    if (isOld) {
      this.#looking ??= this.#look().finally(() => (this.#looking = undefined))
      await this.#looking
    }
    return this.#freeBytes
  }

  #lackingOf(freeBytes: number): number {
    return Math.max(0, this.#options.minBytes - freeBytes)
  }

  async #look(): Promise<void> {
    const { path, changed } = this.#options
    const wasLow = this.#lackingOf(this.#freeBytes) > 0
    this.#spentBytes = 0
    this.#freeBytes = await freeBytesOf(path)
    this.#lookedAtMs = performance.now()
    const isLow = this.#lackingOf(this.#freeBytes) > 0
    if (wasLow !== isLow) changed?.(isLow, this.#freeBytes)
  }
}

async function freeBytesOf(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch {
    // Whoever writes there will hear what is wrong.
    return Infinity
  }
}
