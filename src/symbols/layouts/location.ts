/** Where a store has a file: the folders of name and id and what lies below, apart so that each can change case. */
export interface Location {
  /** The name, in two-tier stores with its tier before it; empty where the id is the path. */
  readonly name: readonly string[]
  readonly id: readonly string[]
  readonly file: readonly string[]
}
