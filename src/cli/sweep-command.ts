import { parseArgs } from 'node:util'
import { countOf } from '../lib/count-of.ts'
import type { SweepResult } from '../retention/sweeper.ts'
import type { Administration } from './administration.ts'

const OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  data: { type: 'string' },
  config: { type: 'string' },
} as const

/** What a `sweep` command line asks for. */
export type SweepCommand = ReturnType<typeof parseSweepCommand>

/** Reads `sweep [--dry-run] [--json]`. */
export function parseSweepCommand(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS }).values
}

/** Runs the command; gives the lines to print: a row for each package, and the sum. */
export async function runSweepCommand(
  command: SweepCommand,
  administration: Administration,
): Promise<readonly string[]> {
  const result = await administration.sweep({ isDryRun: command['dry-run'] })
  const bytes = result.packages.reduce((sum, each) => sum + each.bytes, 0)
  if (command.json) return [JSON.stringify(shown(result, bytes))]
  const rows = result.packages.map((each) =>
    [
      each.id,
      new Date(each.receivedAtMs).toISOString(),
      each.tag,
      each.pattern === undefined ? each.reason : `${each.reason} of ${each.pattern}`,
      countOf(each.files, 'file'),
      countOf(each.bytes, 'byte'),
    ].join('  '),
  )
  const { length } = result.packages
  const verb = result.isDryRun ? 'would go' : length === 1 ? 'has gone' : 'have gone'
  return [...rows, `${countOf(length, 'package')} ${verb}, ${countOf(bytes, 'byte')}`]
}

function shown({ isDryRun, packages }: SweepResult, bytes: number) {
  return {
    dry_run: isDryRun,
    bytes,
    packages: packages.map((each) => ({
      id: each.id,
      tag: each.tag,
      received: new Date(each.receivedAtMs).toISOString(),
      reason: each.reason,
      pattern: each.pattern ?? null,
      files: each.files,
      bytes: each.bytes,
    })),
  }
}
