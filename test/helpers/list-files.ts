import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Every regular file below a folder, as paths relative to it with `/`, sorted. */
export function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true)
    .sort()
}
