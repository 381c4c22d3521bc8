/**
 * Why a file that begins like a symbol file cannot be identified. Thrown by the format readers to leave
 * nested parsing at once, and turned into a `reject` by `identify`: it never reaches other code.
 */
export class DamagedFile extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'DamagedFile'
  }
}
