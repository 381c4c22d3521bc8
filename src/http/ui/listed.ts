/** A page of a list, as the API answers it. */
export interface Listed<Item> {
  readonly items: readonly Item[]
  /** Where the next page begins; null after the last one. */
  readonly next: string | null
}
