/** A file of a tree that is to be imported, or one that is left out. */
export type ImportFile =
  | {
      readonly kind: 'file'
      /** Below the tree's root, with `/`. */
      readonly path: string
      /** Where it lies. */
      readonly source: string
      readonly size: number
      readonly mtimeMs: number
    }
  | { readonly kind: 'left'; readonly path: string; readonly reason: string }
