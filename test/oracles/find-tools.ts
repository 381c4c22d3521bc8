import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** LLVM's tools carry their version; the one that these tests were written with comes first. */
const SUFFIXES = ['-19', '-22', '-21', '-20', '-18', '-17', '-16', '']

/** Where the tools are; undefined, with a line on stderr that names them, when some are missing. */
export function findTools<Name extends string>(
  ...names: readonly Name[]
): Readonly<Record<Name, string>> | undefined {
  const found = names.map((name) => [name, findTool(name)] as const)
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => name)
  if (missing.length === 0) return Object.fromEntries(found) as Record<Name, string>
  process.stderr.write(
    `SKIPPED: ${missing.join(', ')} not found, so what they make or say is not compared\n`,
  )
  return undefined
}

function findTool(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return SUFFIXES.flatMap((suffix) => folders.map((folder) => join(folder, name + suffix))).find(
    isExecutable,
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
