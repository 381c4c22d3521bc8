import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRadosgw } from './start-radosgw.ts'
import { SUPERVISOR_SOCKET } from './supervisor-socket.ts'

/** How long the server outlives its last user: the next test file mostly comes sooner. */
const IDLE_MS = 20_000

/**
 * Owns the one S3 server of this machine. Whoever uses it holds a connection to the socket, gets one
 * line of JSON when the server is up, and lets it end by leaving, however that happens.
 */
const users = new Set<Socket>()
const stop = new AbortController()
const folder = mkdtempSync(join(tmpdir(), 'symgate-s3-'))
let idle: NodeJS.Timeout | undefined

function leave(socket: Socket): void {
  users.delete(socket)
  clearTimeout(idle)
  if (users.size === 0) idle = setTimeout(() => stop.abort(), IDLE_MS)
}

const server = createServer((socket) => {
  clearTimeout(idle)
  users.add(socket)
  socket.on('error', () => {})
  socket.once('close', () => leave(socket))
  socket.resume()
  started.then(
    (access) => socket.write(`${JSON.stringify(access)}\n`),
    (error: unknown) => socket.end(`${JSON.stringify({ error: String(error) })}\n`),
  )
})

const { promise: started, resolve, reject } = Promise.withResolvers<unknown>()
started.catch(() => {})
// Another process was faster: its server serves.
server.once('error', () => process.exit(0))
server.listen(SUPERVISOR_SOCKET, () => {
  startRadosgw(folder, stop.signal).then(resolve, reject)
  idle = setTimeout(() => stop.abort(), IDLE_MS)
})
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.once(signal, () => stop.abort())
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
stop.signal.addEventListener('abort', () => {
  server.close()
  for (const user of users) user.destroy()
  setTimeout(() => process.exit(0), 500)
})
