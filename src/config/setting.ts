/** One setting as it is in force, for people. */
export interface Setting {
  /** Its dotted key, with the index of list entries: `upstreams[0].url`. */
  readonly key: string
  /** As it was written; never a secret. */
  readonly value: string
  /** What decided: `in symgate.yaml`, `from SYMGATE_LISTEN`, `from --listen`; undefined for a default. */
  readonly source: string | undefined
}
