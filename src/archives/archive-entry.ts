import type { Readable } from 'node:stream'

/** One member of an archive, in the archive's order. */
export type ArchiveEntry =
  | {
      readonly kind: 'file'
      /** The member's path as stored, with `/` between folders. */
      readonly path: string
      /** Size in bytes where the archive states it. */
      readonly size: number | undefined
      /**
       * Opens the content, decompressed; called at most once, before the iteration goes on. The stream
       * fails with an AppError when the member is damaged or passes a limit.
       */
      open(): Promise<Readable>
      /**
       * Makes a new file that shares its blocks with the content, as it lies on disk; false, and no file,
       * where that cannot be done. Only for what is no member of an archive, but a file.
       */
      readonly clone?: (target: string) => Promise<boolean>
    }
  /** A member that is no regular file (link, device, FIFO …): never followed, never made. */
  | { readonly kind: 'special'; readonly path: string; readonly reason: string }
