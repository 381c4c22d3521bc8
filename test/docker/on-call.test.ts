import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runSymgate, startServer } from '../helpers/server.ts'

const page = readFileSync(new URL('../../docs/on-call.md', import.meta.url), 'utf8')

const UNIT =
  'sudo -u symgate env -C /var/lib/symgate /opt/symgate/node_modules/.bin/node /opt/symgate/dist/main.js '
const DATA = ' --data /var/lib/symgate'
const COMPOSE = 'docker compose -f /opt/symgate/docker/compose.yaml exec symgate symgate '

/** What stands behind this beginning of a line, wherever a line of the page begins so. */
const commandsAfter = (beginning: string): readonly string[] =>
  page
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith(beginning))
    .map((line) => line.slice(beginning.length))

it('commands are told as whole lines, for the unit and for Compose, and each works', async () => {
  const told = commandsAfter(UNIT)
  expect(told.map((line) => `${line.split(' ')[0]}`)).toEqual([
    'token',
    'sweep',
    'check',
    'reindex',
  ])
  for (const line of told) expect(line.endsWith(DATA)).toBe(true)
  const commands = told.map((line) => line.slice(0, -DATA.length))
  expect(commandsAfter(COMPOSE)).toEqual(commands)
  expect(page).not.toMatch(/`symgate (?!push)/)
  const { data } = await startServer()
  for (const command of commands) {
    const { code, stderr } = await runSymgate([...command.split(' '), '--data', data])
    expect([command, code, stderr]).toEqual([command, 0, ''])
  }
})

it('the paths are those of the unit and of the image', () => {
  const read = (file: string): string =>
    readFileSync(new URL(`../../docker/${file}`, import.meta.url), 'utf8')
  expect(read('symgate.service')).toContain(
    '/opt/symgate/node_modules/.bin/node /opt/symgate/dist/main.js',
  )
  expect(read('symgate.service')).toContain('WorkingDirectory=/var/lib/symgate\n')
  expect(read('Dockerfile')).toMatch(/SYMGATE_DATA=\/data\n/)
})
