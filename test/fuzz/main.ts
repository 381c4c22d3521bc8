import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { MAX_SEED_BYTES } from './fuzz-job.ts'
import { makeInput } from './make-input.ts'
import { runChild } from './run-child.ts'
import { targets } from './targets.ts'
import { timedCheck } from './timed-check.ts'

const USAGE = `usage: npm run fuzz -- [${Object.keys(targets).join('|')}]… [--seconds N] [--seed S]
       npm run fuzz -- TARGET --input FILE`
const FAILURES = 'fuzz-failures'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: `${Date.now()}` },
    input: { type: 'string' },
  },
})
const names = positionals.length === 0 ? Object.keys(targets) : positionals
const seconds = Number(values.seconds)
if (names.some((name) => !Object.hasOwn(targets, name)) || !(seconds > 0)) {
  console.error(USAGE)
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'symgate-fuzz-'))
try {
  for (const name of names) {
    const isSound = values.input === undefined ? await fuzz(name) : await again(name, values.input)
    if (!isSound) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Fuzzes one target; false when something was found, which is then saved. */
async function fuzz(name: string): Promise<boolean> {
  const { seed } = values
  console.log(`${name}: seed ${seed}, ${seconds} s`)
  const { round, problems } = await runChild({ target: name, seed, seconds, folder })
  if (problems.length === 0) {
    console.log(`${name}: ${round} inputs, nothing found`)
    return true
  }
  const target = targets[name]?.(folder)
  if (target === undefined) return false
  const input = makeInput(target, target.seeds(MAX_SEED_BYTES), seed, round)
  mkdirSync(FAILURES, { recursive: true })
  // The file's own name comes last, for it is a part of the input.
  const path = join(FAILURES, `${name}-${seed}-${round}`, input.name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, input.bytes)
  console.log(`${name}: FAILED in round ${round}: ${problems.join('\n')}`)
  console.log(`the input is saved; again: npm run fuzz -- ${name} --input ${path}`)
  return false
}

/** Checks one saved input. */
async function again(name: string, path: string): Promise<boolean> {
  const target = targets[name]?.(folder)
  const input = { name: basename(path), bytes: readFileSync(path) }
  const problems = target === undefined ? [] : await timedCheck(target, input)
  await target?.close?.()
  console.log(problems.length === 0 ? `${name}: nothing found` : `${name}: ${problems.join('\n')}`)
  return problems.length === 0
}
