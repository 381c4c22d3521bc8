/** One source's contribution to the configuration: a file, an environment variable or a flag. */
export interface Layer {
  /** The place in the tree of settings that `value` takes; empty for a whole file. */
  readonly path: readonly (string | number)[]
  readonly value: unknown
  /** The source as messages name it: `in symgate.yaml`, `from SYMGATE_LISTEN`, `from --listen`. */
  readonly source: string
  /** The absolute folder that relative paths of this source start from. */
  readonly folder: string
}
