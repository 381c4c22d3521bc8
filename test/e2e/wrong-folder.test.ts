import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runSymgate, startServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const COMMANDS = [
  'check --repair',
  'sweep --dry-run',
  'reindex',
  'token list',
  'token create --scope upload',
]

it.each(COMMANDS)('%s refuses a data folder that is not there, and makes none', async (command) => {
  const cwd = tempDir()
  const { code, stdout, stderr } = await runSymgate(command.split(' '), { cwd })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(`the data folder ${join(cwd, 'storage')}: there is none. Give`)
  expect(stderr).toMatch(/--data DIR or --config FILE/)
  expect(readdirSync(cwd)).toEqual([])
})

it('a folder that no server has used is refused, and one that is mistyped', async () => {
  const data = tempDir()
  writeFileSync(join(data, 'notes.txt'), '')
  for (const [folder, why] of [
    [data, /no server has used it yet/],
    [join(data, 'typo'), /typo: there is none/],
  ] as const) {
    const create = ['token', 'create', '--scope', 'upload', '--data', folder]
    const { code, stdout, stderr } = await runSymgate(create)
    expect([code, stdout, stderr]).toMatchObject([2, '', why])
  }
  expect(readdirSync(data)).toEqual(['notes.txt'])
})

it('a token can be made for a server that is about to start in an empty folder', async () => {
  const data = tempDir()
  const create = ['token', 'create', '--scope', 'upload', '--json', '--data', data]
  const { code, stdout } = await runSymgate(create)
  expect(code).toBe(0)
  const { token } = JSON.parse(stdout) as { token: string }
  const server = await startServer({ data })
  const answer = await fetch(`${server.url}/api/v1/exists`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"files":[]}',
  })
  expect(answer.status).toBe(200)
})

it('a restored store without a database is rebuilt by reindex, and import makes a new folder', async () => {
  const data = tempDir()
  mkdirSync(join(data, 'symbols'))
  expect(await runSymgate(['reindex', '--data', data])).toMatchObject({ code: 0 })
  const fresh = join(tempDir(), 'data')
  expect(await runSymgate(['import', '--data', fresh, tempDir()])).toMatchObject({ code: 0 })
  expect(existsSync(join(fresh, 'symgate.db'))).toBe(true)
})
