import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { apiGet } from '../helpers/api-get.ts'
import { curl } from '../helpers/curl.ts'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const guid = (number: number): string => number.toString(16).toUpperCase().padStart(32, 'A')

const entries = [1, 2, 3, 4].map((number) => ({
  name: `f${number}.pdb`,
  data: makePdb({ guid: guid(number), age: 1, size: 2 << 20, fill: true }),
}))

const ARCHIVES = [
  ['a tar', makeTar(entries)],
  ['a zip', makeZip(entries)],
] as const

/** What lies in the store and is visible, and what waits in the spool. */
const published = (server: RunningServer): readonly string[] =>
  listFiles(join(server.data, 'symbols')).filter((path) => !path.startsWith('.symgate/staging'))
const spooled = (server: RunningServer): readonly string[] =>
  readdirSync(join(server.data, 'symbols/.symgate/staging'))

/** An upload by curl that would take half a minute, when some of it has arrived. */
async function slowUpload(
  server: RunningServer,
  token: string,
  file: string,
): Promise<ChildProcess> {
  const child = spawn('curl', [
    '-s',
    '--limit-rate',
    '256K',
    '--data-binary',
    `@${file}`,
    `${server.url}/${token}/symbols?tag=slow`,
  ])
  onTestFinished(() => void child.kill('SIGKILL'))
  await waitUntil(() =>
    listFiles(join(server.data, 'symbols')).some((path) => path.startsWith('.symgate/staging')),
  )
  return child
}

async function expectNextTry(server: RunningServer, token: string, file: string): Promise<void> {
  const { status } = await curl('--data-binary', `@${file}`, `${server.url}/${token}/symbols`)
  expect(status).toBe(200)
  for (const [index, { name, data }] of entries.entries()) {
    const answer = await curl(`${server.url}/${name}/${guid(index + 1)}1/${name}`)
    expect([name, answer.status, answer.body.equals(data)]).toEqual([name, 200, true])
  }
  expect(spooled(server)).toEqual([])
}

it.each(ARCHIVES)(
  'a client that is killed while it sends %s leaves nothing',
  async (_, archive) => {
    const file = join(tempDir(), 'archive')
    writeFileSync(file, archive)
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const client = await slowUpload(server, token, file)
    expect(published(server)).toEqual([])
    client.kill('SIGKILL')
    await waitUntil(() => spooled(server).length === 0)
    expect(published(server)).toEqual([])
    await waitUntil(async () => (await apiGet(server, '/uploads')).json.items.length === 1)
    expect((await apiGet(server, '/uploads')).json.items).toMatchObject([
      { published: false, error: { code: 'upload_interrupted' } },
    ])
    await expectNextTry(server, token, file)
  },
)

it.each(ARCHIVES)(
  'a server that is killed while it gets %s has nothing of it',
  async (_, archive) => {
    const file = join(tempDir(), 'archive')
    writeFileSync(file, archive)
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const client = await slowUpload(server, token, file)
    const closed = once(client, 'close')
    await server.kill()
    const [code] = await closed
    expect(code).not.toBe(0)
    expect(spooled(server)).not.toEqual([])
    const again = await startServer({ data: server.data })
    expect([published(again), spooled(again)]).toEqual([[], []])
    const { json } = await apiGet({ ...again, adminToken: server.adminToken }, '/uploads')
    expect(json.items).toMatchObject([
      {
        tag: 'slow',
        verdict: 'failed',
        published: false,
        token: token.slice(0, 8),
        error: { code: 'upload_interrupted' },
      },
    ])
    await expectNextTry(again, token, file)
  },
)
