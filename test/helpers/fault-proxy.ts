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

/** When a connection is reset: after so many bytes from the client, or when these are answered; undefined: never. */
type Fault = number | { readonly answerAfter: number } | undefined

/** Starts a proxy before a server. `cutAfter` says how each connection, counted from 0, breaks. */
export async function startFaultProxy(
  target: string,
  cutAfter: (connection: number) => Fault,
): Promise<FaultProxy> {
  let aim = new URL(target)
  let count = 0
  let total = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const fault = cutAfter(count++)
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
      if (typeof fault === 'number' && bytes > fault) cut()
    })
    client.pipe(upstream)
    upstream.on('data', (chunk: Buffer) => {
      if (typeof fault === 'object' && bytes > fault.answerAfter) return cut()
      if (!client.write(chunk)) upstream.pause()
    })
    client.on('drain', () => upstream.resume())
    upstream.on('end', () => client.end())
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
