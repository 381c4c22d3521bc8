import type { ByteRange } from '../lib/byte-range.ts'

/** A blob as the store lists it. */
export interface StoredBlob {
  /** Path inside the store: `name/id/file`. */
  readonly key: string
  readonly size: number
  readonly mtimeMs: number
  /** Lower-case hex, where the store itself keeps the hash of what it holds; listings leave it out. */
  readonly sha256?: string | undefined
}

/** A blob opened for reading. Must be closed. */
export interface OpenBlob {
  /** Lower-case hex, where the store itself keeps the hash of what it holds. */
  readonly sha256?: string | undefined
  /** Fills `target` from `position` on and resolves the number of bytes read, 0 at the end. */
  read(target: Uint8Array, position: number): Promise<number>
  close(): void
}

/** A folder in the store's own filesystem where files are written before they are published. */
export interface StagingFolder {
  readonly id: string
  /** Absolute path of a staged file of this folder. */
  path(file: string): string
  /** Removes one staged file, if it is still there. */
  remove(file: string): Promise<void>
  /** Removes the folder and every file in it that has not been published. */
  discard(): Promise<void>
}

/** One staged file and the key it is to be published under. */
export interface Publication {
  /** Absolute path of the staged file, whole and closed. */
  readonly staged: string
  readonly key: string
  /** Lower-case hex, where it is known already. */
  readonly sha256?: string
}

/**
 * Keeps blobs under keys `name/id/file`. A reader sees a whole blob or none, whatever happens to the
 * process or the machine; what `publish` has resolved for is durable.
 */
export interface BlobStore {
  /** Makes an empty staging folder; `id` must be new. */
  stage(id: string): Promise<StagingFolder>
  /** The staging folders that an earlier process left behind. */
  leftovers(): Promise<readonly StagingFolder[]>
  /** Makes staged files durable where they are, so that `publish` can be resumed after a crash. */
  secure(folder: StagingFolder, files: readonly string[]): Promise<void>
  /** Moves secured files to their keys; fails when one of them is not there. */
  publish(files: readonly Publication[]): Promise<void>
  /** Ends a publication that a crash cut off: files that are gone from staging were moved before it. */
  resume(files: readonly Publication[]): Promise<void>
  /**
   * Publishes one secured file over an existing blob. `committed` runs before any other code can open
   * the key, so that whoever describes the blob changes together with it.
   */
  replace(file: Publication, committed: () => void): Promise<void>
  /**
   * Opens the blob, or resolves undefined when there is none. `expected` is what will be read of it from
   * its start to its end, where that is known: other reads work, and may cost more.
   */
  open(key: string, expected?: ByteRange): Promise<OpenBlob | undefined>
  /** Size and time of the blob, or undefined when there is none. */
  stat(key: string): Promise<StoredBlob | undefined>
  /** Deletes the blobs and the folders that become empty, durable; absent ones are passed over. */
  delete(keys: readonly string[]): Promise<void>
  /**
   * Takes a damaged blob out of the way, to `.symgate/quarantine/<key>`, where it is neither listed nor
   * opened; over what was set aside there before. An absent one is passed over. Durable.
   */
  setAside(key: string): Promise<void>
  /**
   * Every blob. A store that lists in the order of keys leaves out those up to `after`, where that is given;
   * others list all.
   */
  list(after?: string): AsyncIterable<StoredBlob>
}
