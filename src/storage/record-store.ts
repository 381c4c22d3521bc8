/** Keeps small texts under names, each whole or not at all; for symgate's own use beside the blobs. */
export interface RecordStore {
  /**
   * Whether others may read the records while this process writes: then the manifest of a package appears
   * only when all its files are there.
   */
  readonly isShared: boolean
  /** Writes the text, over what the name had; durable when this resolves. */
  put(name: string, text: string): Promise<void>
  /** The text of this name, or undefined. */
  get(name: string): Promise<string | undefined>
  /** Removes what the name has, if anything; durable when this resolves. */
  remove(name: string): Promise<void>
  /** Each name, with a version that is another one after each change where the store has such. */
  list(): Promise<readonly StoredRecord[]>
  /** The name as people find it. */
  locate(name: string): string
}

/** A record as it is listed. */
export interface StoredRecord {
  readonly name: string
  readonly version: string
}
