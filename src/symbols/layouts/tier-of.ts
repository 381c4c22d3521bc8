/**
 * The folder above a name's own in two-tier stores: its first two letters, but one letter where a dot is the
 * second, since no folder of Windows ends in a dot (`_.debug` lies below `_`; Symbolicator, symstore_index2).
 */
export function tierOf(name: string): string {
  return name.slice(0, name[1] === '.' ? 1 : 2)
}
