import { createServer } from 'node:http'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ControlClient } from '../../src/cli/control-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** A server on a socket that answers everything with this status and text. */
async function serving(status: number, text: string): Promise<string> {
  const path = join(tempDir(), 'control.sock')
  const server = createServer((_, response) => void response.writeHead(status).end(text))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  onTestFinished(() => void server.close())
  return path
}

describe('ControlClient', () => {
  it('knows whether a server answers', async () => {
    expect(await new ControlClient(await serving(200, '[]')).isServed()).toBe(true)
    expect(await new ControlClient(join(tempDir(), 'control.sock')).isServed()).toBe(false)
  })

  it('finds nobody on a data folder that is not there yet, however long its path', async () => {
    const path = join(tempDir(), 'x'.repeat(200), 'data', 'control.sock')
    expect(await new ControlClient(path).isServed()).toBe(false)
  })

  it('finds nobody behind a socket that a kill left behind', async () => {
    const path = join(tempDir(), 'control.sock')
    mkdirSync(join(path, '..'), { recursive: true })
    const { spawnSync } = await import('node:child_process')
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', script])
    expect(readdirSync(join(path, '..'))).toEqual(['control.sock'])
    expect(await new ControlClient(path).isServed()).toBe(false)
  })

  it('gives the JSON of an answer and the message of a refusal', async () => {
    const good = new ControlClient(await serving(200, '{"a":1}'))
    expect(await good.call('GET', '/tokens')).toEqual({ a: 1 })
    const bad = new ControlClient(await serving(404, '{"error":{"message":"there is no token"}}'))
    await expect(bad.call('DELETE', '/tokens/x')).rejects.toMatchObject({
      code: 'command_failed',
      message: 'there is no token',
    })
  })

  it.each([
    [200, 'no JSON'],
    [500, 'no JSON'],
    [500, '{"other":1}'],
  ])(
    'fails, naming the server, when the answer (%d, %s) cannot be understood',
    async (status, text) => {
      const client = new ControlClient(await serving(status, text))
      await expect(client.call('GET', '/tokens')).rejects.toMatchObject({ code: 'command_failed' })
    },
  )
})
