import { createServer, request as startRequest, type IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { drainBody } from '../../../src/http/upload/drain-body.ts'
import { limitBody } from '../../../src/http/upload/limit-body.ts'
import { listen, rawClient } from '../../helpers/listen.ts'

const CHUNK = Buffer.alloc(1 << 16)

/** A server that refuses every body and then drains it; gives its port and the requests so far. */
async function refusing(): Promise<{ port: number; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    response.writeHead(403, { 'content-length': 2 }).write('no')
    void drainBody(request).then(() => response.end())
  })
  return { port: await listen(server), requests }
}

describe('drainBody', () => {
  it.each(['keep-alive', 'close'])(
    'lets a client that sends megabytes nobody wants see its answer (connection: %s)',
    async (connection) => {
      const { port } = await refusing()
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => {
          const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
          const request = startRequest({
            port,
            host: '127.0.0.1',
            method: 'POST',
            headers: { connection, 'content-length': 400 * CHUNK.byteLength },
          })
          // As clients do that send all before they listen.
          let answer: IncomingMessage | undefined
          request.once('response', (response) => (answer = response.resume()))
          request.once('error', reject)
          let sent = 0
          const send = (): void => {
            if (sent++ < 400) return void request.write(CHUNK, () => setImmediate(send))
            request.end()
          }
          request.once('close', () => resolve(answer?.statusCode))
          send()
          return promise
        }),
      )
      expect(answers).toEqual([403, 403, 403, 403, 403])
    },
  )

  it('drains a body that was being read when it was refused', async () => {
    const server = createServer((request, response) => {
      // As an upload that has to wait and finds too many before it.
      limitBody(request, 1e9, () => {}).destroy()
      response.writeHead(429, { 'content-length': 2 }).write('no')
      void drainBody(request).then(() => response.end())
    })
    const { socket, received } = rawClient(await listen(server))
    const post = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\n\r\n'
    for (let count = 1; count <= 3; count++) {
      socket.write(post)
      await new Promise((resolve) => setTimeout(resolve, 20))
      socket.write('b'.repeat(200_000))
      while (received().split('HTTP/1.1 429').length <= count)
        await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(received().match(/no/g)).toHaveLength(3)
  })

  it('leaves the connection usable for the next request', async () => {
    const { port, requests } = await refusing()
    const { socket, received } = rawClient(port)
    const post = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n${'b'.repeat(100_000)}`
    socket.write(post)
    socket.write(post)
    while (received().split('HTTP/1.1 403').length < 3)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(requests).toHaveLength(2)
    expect(requests[0]?.socket).toBe(requests[1]?.socket)
  })

  it('takes no harm from a client that leaves in the middle', async () => {
    const { port, requests } = await refusing()
    const { socket } = rawClient(port)
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\nhalf')
    while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    socket.resetAndDestroy()
    const [request] = requests
    await new Promise((resolve) => request?.once('close', resolve))
    expect(request?.destroyed).toBe(true)
  })

  it('gives up a body that is endless', async () => {
    const { port } = await refusing()
    const { socket, ended } = rawClient(port)
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${10 ** 12}\r\n\r\n`)
    const chunk = Buffer.alloc(1 << 22)
    const gone = Promise.race([ended, new Promise((resolve) => socket.once('close', resolve))])
    let sent = 0
    while (!socket.destroyed && sent < 2 ** 30) {
      sent += chunk.byteLength
      if (!socket.write(chunk))
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), gone])
    }
    expect(sent).toBeLessThan(2 ** 29)
  })

  it('has nothing to do for a request without a body', async () => {
    const { port, requests } = await refusing()
    const { socket, received } = rawClient(port)
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    while (!received().includes('403')) await new Promise((resolve) => setTimeout(resolve, 10))
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    while (requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(requests[0]?.socket).toBe(requests[1]?.socket)
  })
})
