import { join } from 'node:path'

/** Where a fuzzing process writes the round that it is at, as a 32-bit number, to be read even after its end. */
export function progressFile(folder: string): string {
  return join(folder, 'progress')
}
