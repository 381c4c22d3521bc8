/** One file of a cabinet, as its directory has it. */
export interface CabinetFile {
  /** Its place in `Cabinet.files`. */
  readonly index: number
  /** As stored, folders and all, with `/` between them; never to be trusted as a path. */
  readonly name: string
  /** Size in bytes; extraction gives exactly that or fails. */
  readonly size: number
}
