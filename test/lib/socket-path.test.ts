import { mkdirSync, readdirSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { socketPath } from '../../src/lib/socket-path.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** A folder in which a socket called `s` has a path of this many bytes. */
function folderFor(bytes: number): string {
  let folder = tempDir()
  const missing = bytes - folder.length - '/s'.length
  folder = join(folder, 'x'.repeat(missing - 1))
  mkdirSync(folder)
  return folder
}

it.each([
  ['the longest that fits an address', 107],
  ['one byte longer', 108],
  ['much longer', 250],
])('a socket can be bound and reached by a path that is %s', async (_, bytes) => {
  const folder = folderFor(bytes)
  const path = join(folder, 's')
  expect(Buffer.byteLength(path)).toBe(bytes)
  const server = createServer((socket) => void socket.end('here'))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath(path), resolve)
  })
  expect(readdirSync(folder)).toEqual(['s'])
  const answer = await new Promise<string>((resolve, reject) => {
    const client = connect(socketPath(path))
    client.once('error', reject)
    client.once('data', (data) => {
      client.destroy()
      resolve(String(data))
    })
  })
  expect(answer).toBe('here')
  await new Promise((resolve) => server.close(resolve))
})

it('a path that fits is left alone', () => {
  expect(socketPath('/short/control.sock')).toBe('/short/control.sock')
})
