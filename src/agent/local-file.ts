/** A file of this machine after a look into it. */
export type LocalFile =
  | LocalSymbol
  | {
      /** `rejected`: meant as a symbol file, but damaged or without an id; `skipped`: something else. */
      readonly kind: 'rejected' | 'skipped'
      readonly path: string
      readonly reason: string
    }

/** A symbol file that can be sent. */
export interface LocalSymbol {
  readonly kind: 'symbol'
  /** Where it lies, as found from what the user gave. */
  readonly path: string
  /** Its symbol path `name/id/file`. */
  readonly key: string
  /** Size in bytes of the symbol file: the decompressed one where it lies here compressed. */
  readonly size: number
  /** Of the symbol file, lower-case hex. */
  readonly sha256: string
  /** Bytes of the file as it lies here and is sent. */
  readonly bytesOnDisk: number
}
