import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../helpers/temp-dir.ts'
import { findTools } from '../oracles/find-tools.ts'

const PAGE = new URL('../../docs/operations.md', import.meta.url)
const logrotate = findTools('logrotate')

it.skipIf(logrotate === undefined)('logrotate takes what the page says, and rotates', () => {
  const [, rules = ''] =
    /^```\n(\/var\/log\/symgate\.log \{[^`]*)```$/m.exec(readFileSync(PAGE, 'utf8')) ?? []
  const folder = tempDir()
  const log = join(folder, 'symgate.log')
  const file = join(folder, 'rules')
  writeFileSync(file, rules.replace('/var/log/symgate.log', log), { mode: 0o644 })
  writeFileSync(log, 'a line\n')
  const run = (...flags: readonly string[]) =>
    spawnSync('logrotate', [...flags, '--state', join(folder, 'state'), file], { encoding: 'utf8' })
  const tried = run('--debug')
  expect([tried.status, tried.stderr]).toEqual([0, expect.not.stringMatching(/error/i)])
  expect(run('--force').status).toBe(0)
  expect(statSync(log).size).toBe(0)
  expect(existsSync(`${log}.1`)).toBe(true)
})
