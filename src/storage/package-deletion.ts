/**
 * What goes with a package: durable before anything goes, so that a start after a crash can finish what
 * was begun.
 */
export interface PackageDeletion {
  readonly format: 1
  /** The package that goes. */
  readonly id: string
  /** Keys of the blobs that nobody else holds. */
  readonly doomedKeys: readonly string[]
  /** Identities (as index keys) that other blobs of the store answer for from then on. */
  readonly moved: readonly { readonly storeKey: string; readonly identities: readonly string[] }[]
}
