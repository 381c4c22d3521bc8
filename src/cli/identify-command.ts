import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { FileReader } from '../lib/file-reader.ts'
import { identify } from '../symbols/identify.ts'
import type { Identification } from '../symbols/identification.ts'
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

/** Identifies the files, one after the other; gives the lines to print. Rejects when one cannot be read. */
export async function runIdentifyCommand({
  json,
  paths,
}: ReturnType<typeof parseIdentifyCommand>): Promise<readonly string[]> {
  const rows: object[] = []
  const lines: string[] = []
  for (const path of paths) {
    await using reader = await FileReader.open(path)
    for (const found of slices(await identify(reader, basename(path)))) {
      rows.push(toRow(path, found))
      lines.push(describe(path, found))
    }
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
  if (found.status !== 'accept') return { path, ...found, keys: [] }
  const { status, kind, arch, debugId, codeId, buildId, keys } = found
  return { path, status, kind, arch, debugId, codeId, buildId, keys }
}

function describe(path: string, found: Identification): string {
  if (found.status !== 'accept') return `${path}: ${found.status} (${found.reason})`
  return `${path}: ${found.kind} ${found.keys[0] ?? '(needs a name)'}`
}
