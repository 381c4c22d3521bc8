import type { CabinetFile } from './cabinet-file.ts'

/** A run of data blocks that are compressed together (CFFOLDER); files lie in its content. */
export interface CabinetFolder {
  /** Where the first data block begins in the cabinet. */
  readonly dataOffset: number
  readonly blockCount: number
  /** `typeCompress` as it stands there. */
  readonly compression: number
}

/** Where a file's content lies in its folder's. */
export interface FilePlace {
  readonly file: CabinetFile
  readonly folder: CabinetFolder
  readonly offset: number
}

/** What comes before the data of a cabinet. */
export interface CabinetDirectory {
  /** Every file, in the order of the data; none overlaps another. */
  readonly places: readonly FilePlace[]
  /** Bytes that are reserved in the head of each data block. */
  readonly blockReserve: number
}
