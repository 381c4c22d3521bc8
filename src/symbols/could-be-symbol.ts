import { sniff } from './formats/sniff.ts'

/**
 * Whether a file that begins with `head` (its first 4 KiB or more, or all of a shorter file) can be a
 * symbol file. False is certain; true only means that `identify` is worth its reading.
 */
export function couldBeSymbol(head: Uint8Array): boolean {
  return sniff(head) !== undefined
}
