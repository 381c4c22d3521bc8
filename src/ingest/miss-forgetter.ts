/** Whoever remembers misses and has to be told what has arrived. */
export interface MissForgetter {
  /** Forgets all misses of these identities (as index keys). */
  forgetIdentities(identities: readonly string[]): Promise<void>
}
