import type { GrowingFile } from './growing-file.ts'

/** A fill that clients may read: its head fits what was asked for. */
export interface ServingFill {
  readonly file: GrowingFile
  /** Random strong validator, kept with the blob. */
  readonly etag: string
  readonly startedAtMs: number
  readonly upstream: string
  /** Size of the whole file in bytes, where the upstream states it. */
  readonly size: number | undefined
}
