import type { ByteRange } from '../../lib/byte-range.ts'
import type { Validators } from './preconditions.ts'

/** Content opened for reading. Must be closed once. */
export interface OpenContent {
  /** Fills `target` from `position` on and resolves the number of bytes read, 0 at the end. */
  read(target: Uint8Array, position: number): Promise<number>
  close(): void
}

/** A representation that can be sent: its head is known before anything is opened. */
export interface Content extends Validators {
  /** How the bytes are encoded, if they are: then no part of them is ever sent alone. */
  readonly encoding?: 'gzip'
  /** Size in bytes, or undefined where it is not known before the end. */
  readonly size: number | undefined
  /** Waits for the size where it is not known yet; rejects when it never will be. */
  finalSize(): Promise<number>
  /**
   * Opens the bytes, or resolves undefined when they have gone since the lookup. `expected` is what will be
   * read of them; all, where it is left out.
   */
  open(expected?: ByteRange): Promise<OpenContent | undefined>
  /** All bytes at once, for content that is small enough; undefined when they have gone since the lookup. */
  readonly whole?: (() => Promise<Uint8Array | undefined>) | undefined
}
