import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Administration, ImportCounts } from './administration.ts'
import { countOf } from '../lib/count-of.ts'
import { sizeText } from './size-text.ts'
import type { TextOutput } from './text-progress.ts'
import { UsageError } from './usage-error.ts'

const OPTIONS = {
  tag: { type: 'string' },
  reflink: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  config: { type: 'string' },
  data: { type: 'string' },
} as const

/** How often plain output says how far it is. */
const LINE_MS = 10_000

/** What an `import` command line asks for. */
export type ImportCommand = ReturnType<typeof parseImportCommand>

/** Reads `import [--tag T] [--reflink] [--json] DIR`. */
export function parseImportCommand(args: readonly string[], cwd: string) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  })
  const [folder, more] = positionals
  if (folder === undefined || more !== undefined)
    throw new UsageError('usage: symgate import [--tag T] [--reflink] [--json] DIR')
  return { ...values, folder: resolve(cwd, folder) }
}

/** Runs the command; gives the lines to print. */
export async function runImportCommand(
  { folder, tag, reflink, json }: ImportCommand,
  administration: Administration,
  output: TextOutput,
): Promise<readonly string[]> {
  let toldAt = Date.now()
  const isTerminal = output.isTTY === true
  const { rows, ...counts } = await administration.importTree({ folder, tag, reflink }, (soFar) => {
    if (!isTerminal && Date.now() - toldAt < LINE_MS) return
    toldAt = Date.now()
    output.write(isTerminal ? `\r\x1b[2K${inWords(soFar)}` : `${inWords(soFar)}\n`)
  })
  if (isTerminal) output.write('\r\x1b[2K')
  if (json) {
    const { leftOut, ...others } = counts
    return [JSON.stringify({ ...others, left_out: leftOut, rows }, undefined, 2)]
  }
  return [
    ...rows.map(({ path, status, reason }) => `${status}  ${path}  ${reason}`),
    inWords(counts),
  ]
}

function inWords(counts: ImportCounts): string {
  const { packages, stored, bytes, duplicates, conflicts, rejected, leftOut, before } = counts
  return [
    `${countOf(stored, 'file')} stored (${sizeText(bytes)}) in ${countOf(packages, 'package')}`,
    countOf(duplicates, 'duplicate'),
    countOf(conflicts, 'conflict'),
    `${rejected} rejected`,
    `${leftOut} left out`,
    `${before} imported before`,
  ].join(', ')
}
