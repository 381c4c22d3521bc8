import { parseArgs } from 'node:util'
import { countOf } from '../lib/count-of.ts'
import type { CheckResult } from '../integrity/check-result.ts'
import type { Administration } from './administration.ts'
import { UsageError } from './usage-error.ts'

const OPTIONS = {
  repair: { type: 'boolean', default: false },
  sample: { type: 'string', default: '100%' },
  resume: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  data: { type: 'string' },
  config: { type: 'string' },
} as const

/** What a `check` command line asks for. */
export type CheckCommand = ReturnType<typeof parseCheckCommand>

/** Reads `check [--repair] [--sample N%] [--resume] [--json]`; fails with a UsageError that names what is wrong. */
export function parseCheckCommand(args: readonly string[]) {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const percent = /^(\d{1,3}(?:\.\d{1,6})?)%?$/.exec(values.sample)?.[1]
  const sample = Number(percent ?? Number.NaN) / 100
  if (!(sample <= 1))
    throw new UsageError(`--sample: ${JSON.stringify(values.sample)} is no share such as 10%`)
  return { ...values, sample }
}

/** Runs the command; gives the lines to print and whether all is well now. */
export async function runCheckCommand(
  { repair, sample, resume, json }: CheckCommand,
  administration: Administration,
): Promise<{ lines: readonly string[]; isGood: boolean }> {
  const result = await administration.check({ isRepair: repair, sample, isResumed: resume })
  const isGood = result.unrepaired === 0
  if (json) return { lines: [JSON.stringify(shown(result))], isGood }
  const rows = result.findings.map(({ kind, root, key, detail, repair: done }) =>
    [kind, root, key, detail, ...(done === undefined ? [] : [done])].join('  '),
  )
  const { blobs, read, found, unrepaired } = result
  const sum = `${countOf(blobs, 'file')}, ${read} of them read: ${countOf(found, 'fault')}, ${unrepaired} not repaired`
  return { lines: [...rows, sum], isGood }
}

function shown({ blobs, read, found, unrepaired, findings }: CheckResult) {
  return {
    files: blobs,
    read,
    found,
    unrepaired,
    findings: findings.map((finding) => ({ ...finding, repair: finding.repair ?? null })),
  }
}
