import { spawnSync } from 'node:child_process'

/** Which of these programs are not installed; said once on stderr, with the tests that go without. */
export function missingTools(tests: string, ...names: readonly string[]): readonly string[] {
  const missing = names.filter((name) => spawnSync(name, ['-v']).error !== undefined)
  if (missing.length > 0)
    process.stderr.write(`SKIPPED: tests of ${tests}: ${missing.join(', ')} not installed\n`)
  return missing
}
