import type { AcceptedFile, FileKind } from '../symbols/identification.ts'

/** One file of an upload after its content has been looked at. */
export type CollectedFile =
  | {
      readonly kind: 'accepted'
      /** Path inside the archive, or the name of a single file. */
      readonly path: string
      readonly identification: AcceptedFile
      /** Name in the staging folder. */
      readonly staged: string
      readonly size: number
      /** Lower-case hex. */
      readonly sha256: string
    }
  | {
      readonly kind: 'rejected' | 'skipped'
      readonly path: string
      readonly reason: string
      /** What it would be, where that much can be told. */
      readonly fileKind?: FileKind
    }
