import { constants, openSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** What the system takes as the address of a Unix socket (`sun_path`, with its final NUL). */
const MAX_BYTES = 107

/**
 * A path by which the Unix socket at `path` can be bound or reached however long `path` is: through a
 * descriptor of its folder, which stays open for the process's life, where it is too long.
 */
export function socketPath(path: string): string {
  if (Buffer.byteLength(path) <= MAX_BYTES) return path
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY)
  return `/proc/self/fd/${folder}/${basename(path)}`
}
