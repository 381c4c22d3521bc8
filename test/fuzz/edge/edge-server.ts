import { connect, type AddressInfo } from 'node:net'
import type * as AppModule from '../../../src/app.ts'
import type * as LoadModule from '../../../src/config/load.ts'
import type * as DataFolderModule from '../../../src/composition/data-folder.ts'
import type * as CreateServerModule from '../../../src/http/create-server.ts'
import type * as LoggerModule from '../../../src/telemetry/logger.ts'

/** A connection that has nothing more to say and is not closed by then stays open for ever. */
const CLOSED_MS = 8000

/** A server that has been silent for so long has said all, or waits for more. */
const SILENT_MS = 80

/** A whole server in this process, so that what it breaks is seen here. */
export interface EdgeServer {
  /** A token for uploads. */
  readonly token: string
  /** Sends the bytes on a connection of their own, and ends it; gives all that comes back. Rejects when the server leaves it open. */
  exchange(bytes: Buffer): Promise<string>
  /** Connections that are open. */
  connections(): Promise<number>
  close(): Promise<void>
}

/** Starts a server over a new data folder, on a free port. */
export async function startEdgeServer(folder: string): Promise<EdgeServer> {
  // The built one, for the pages are in a language that the fuzzer's Node does not read.
  const { createApp } = await built<typeof AppModule>('app')
  const { loadConfig } = await built<typeof LoadModule>('config/load')
  const { openDataFolder } = await built<typeof DataFolderModule>('composition/data-folder')
  const { createServer } = await built<typeof CreateServerModule>('http/create-server')
  const { createLogger } = await built<typeof LoggerModule>('telemetry/logger')
  const config = loadConfig({
    flags: { data: folder },
    env: {
      SYMGATE_PRESETS: 'off',
      SYMGATE_LIMITS: '{ upload_size: 1MiB, entry_size: 1MiB, min_free_space: 0 }',
    },
    cwd: folder,
  })
  const log = createLogger('silent')
  const data = await openDataFolder(config, log)
  const app = await createApp(config, [], data, log)
  const server = createServer(app.listener)
  // A fuzzer that ends does not wait for it.
  server.unref()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    token: data.tokens.create({ scope: 'upload', name: 'edge' }).text,
    exchange: (bytes) => exchange(port, bytes),
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
      }),
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
      await app.close(0)
      await data.close()
    },
  }
}

async function built<T>(module: string): Promise<T> {
  return (await import(new URL(`../../../dist/${module}.js`, import.meta.url).href)) as T
}

function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let received = ''
    const late = setTimeout(() => {
      socket.destroy()
      reject(new Error(`the connection is open after ${CLOSED_MS} ms; so far: ${received}`))
    }, CLOSED_MS)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      received += text
      silent.refresh()
    })
    // A reset is a way to end it.
    socket.on('error', () => {})
    socket.once('close', () => {
      clearTimeout(late)
      clearTimeout(silent)
      resolve(received)
    })
    // Not before: a server does not answer who has gone.
    const silent = setTimeout(() => socket.end(), SILENT_MS)
    // In two packets, so that what is parsed is cut somewhere.
    const cut = bytes.byteLength >> 1
    socket.write(bytes.subarray(0, cut), () => {
      if (!socket.destroyed) socket.write(bytes.subarray(cut))
    })
    socket.once('end', () => socket.destroy())
  })
}
