import type { Root } from '../db/blob-table.ts'

/**
 * What can be wrong: the file of an index row is not there (`missing`), has another size (`size`), other
 * bytes (`rotten`) or cannot be read (`unreadable`); a file has no index row (`stranger`); a manifest is
 * damaged (`manifest`); files of an upload that has ended were left behind (`leftover`).
 */
export type FindingKind =
  | 'missing'
  | 'size'
  | 'rotten'
  | 'unreadable'
  | 'stranger'
  | 'manifest'
  | 'leftover'

/** One thing that is wrong. */
export interface Finding {
  readonly kind: FindingKind
  readonly root: Root
  /** Key in the root; id of the package for `manifest` and `leftover`. */
  readonly key: string
  readonly detail: string
  /** What was done about it; undefined: nothing. */
  readonly repair: string | undefined
}
