import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A TCP proxy on loopback that breaks connections. */
export interface FaultProxy {
  readonly url: string
  /** Connections so far, and bytes that clients sent through them. */
  readonly connections: () => number
  readonly bytes: () => number
  /** Lets further connections through to another server. */
  aim(url: string): void
}

/**
 * Starts a proxy before a server. `cutAfter` says for each connection, counted from 0, after how many
 * bytes from the client it is reset; undefined: never.
 */
export async function startFaultProxy(
  target: string,
  cutAfter: (connection: number) => number | undefined,
): Promise<FaultProxy> {
  let aim = new URL(target)
  let count = 0
  let total = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const limit = cutAfter(count++)
    const upstream = connect(Number(aim.port), aim.hostname)
    let bytes = 0
    const cut = (): void => {
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => sockets.delete(socket))
    }
    client.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      total += chunk.byteLength
      if (limit !== undefined && bytes > limit) cut()
    })
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => count,
    bytes: () => total,
    aim: (url) => (aim = new URL(url)),
  }
}
