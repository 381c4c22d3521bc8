import type { Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Lets the server listen on a free loopback port until the test has finished; gives the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  return (server.address() as AddressInfo).port
}

/** A raw connection that gathers what it receives; a reset is one of the ways in which it ends. */
export function rawClient(port: number): {
  readonly socket: Socket
  readonly received: () => string
  readonly ended: Promise<'end' | 'reset'>
} {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (data: string) => (received += data))
  const ended = new Promise<'end' | 'reset'>((resolve) => {
    socket.once('error', () => resolve('reset'))
    socket.once('end', () => resolve('end'))
  })
  onTestFinished(() => void socket.destroy())
  return { socket, received: () => received, ended }
}
