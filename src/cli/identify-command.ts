import { parseArgs } from 'node:util'
import { findFiles } from '../agent/find-files.ts'
import type { CollectOptions } from '../ingest/collect-options.ts'
import type { Identification } from '../symbols/identification.ts'
import { commandCollectOptions } from './command-collect-options.ts'
import { identifyPath } from './identify-path.ts'
import { UsageError } from './usage-error.ts'

/** Reads `identify [--json] PATH…`. */
export function parseIdentifyCommand(args: readonly string[]): {
  json: boolean
  paths: readonly string[]
} {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  if (positionals.length === 0) throw new UsageError('usage: symgate identify [--json] PATH…')
  return { json: values.json, paths: positionals }
}

/** Identifies the files, and those below folders and globs, one after the other; gives the lines to print. Rejects when one cannot be read. */
export async function runIdentifyCommand({
  json,
  paths,
}: ReturnType<typeof parseIdentifyCommand>): Promise<readonly string[]> {
  const rows: object[] = []
  const lines: string[] = []
  let options: CollectOptions | undefined
  try {
    for (const { path } of await findFiles(paths)) {
      const identified = await identifyPath(
        path,
        async () => (options ??= await commandCollectOptions()),
      )
      for (const row of identified) {
        for (const found of slices(row.found)) {
          rows.push(toRow(row.path, found))
          lines.push(describe(row.path, found))
        }
      }
    }
  } finally {
    await options?.folder.discard()
  }
  return json ? [JSON.stringify(rows, undefined, 2)] : lines
}

/** A fat Mach-O file is one row per slice. */
function slices(found: Identification): readonly Identification[] {
  return found.status === 'accept' && found.slices !== undefined && found.slices.length > 0
    ? found.slices
    : [found]
}

function toRow(path: string, found: Identification): object {
  if (found.status !== 'accept') return { path, kind: 'unknown', ...found, keys: [] }
  const { status, kind, arch, debugId, codeId, buildId, keys } = found
  return { path, status, kind, arch, debugId, codeId, buildId, keys }
}

function describe(path: string, found: Identification): string {
  if (found.status !== 'accept') return `${path}: ${found.status} (${found.reason})`
  return `${path}: ${found.kind} ${found.keys[0] ?? '(needs a name)'}`
}
