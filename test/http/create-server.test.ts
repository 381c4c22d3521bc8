import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createServer } from '../../src/http/create-server.ts'
import { listen, rawClient } from '../helpers/listen.ts'

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Sends raw bytes to a server and gives all that comes back. */
async function exchange(sent: string, listener: Listener = (_, response) => response.end('ok')) {
  const port = await listen(createServer(listener))
  const { socket, received, ended } = rawClient(port)
  socket.write(sent, 'latin1')
  return { outcome: await ended, received: received() }
}

const GET = 'GET / HTTP/1.1\r\nhost: x\r\n'

describe('createServer', () => {
  it.each(['gzip', '100-continue', 'something-else'])('takes Expect: %s', async (expectation) => {
    const { received } = await exchange(`${GET}expect: ${expectation}\r\nconnection: close\r\n\r\n`)
    expect(received).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  it.each([
    ['GET /a b.pdb/1/a b.pdb HTTP/1.1\r\nhost: x\r\n\r\n', '404 Not Found'],
    ['HEAD /\x01 HTTP/1.1\r\nhost: x\r\n\r\n', '404 Not Found'],
    [`GET /${'x'.repeat(70_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, '404 Not Found'],
    ['POST /a b HTTP/1.1\r\nhost: x\r\n\r\n', '400 Bad Request'],
    ['\x16\x03\x01\x02\x00\x01\x00', '400 Bad Request'],
    ['hello\r\n\r\n', '400 Bad Request'],
    [`${GET}HOST: y\r\n\r\n`, '400 Bad Request'],
    [`${GET}host: x\r\n\r\n`, '400 Bad Request'],
  ])('answers %.30j, which no parser takes, and closes', async (sent, status) => {
    const { received } = await exchange(sent)
    expect(received.startsWith(`HTTP/1.1 ${status}\r\n`)).toBe(true)
    expect(received.toLowerCase()).toContain('cache-control: no-store')
  })

  it('never mixes its word on bad bytes into an answer that is under way', async () => {
    let go = (): void => {}
    const port = await listen(
      createServer((_, response) => {
        response.writeHead(200, { 'content-length': 1000 })
        response.write('a'.repeat(500))
        go = () => response.end('a'.repeat(500))
      }),
    )
    const { socket, received, ended } = rawClient(port)
    socket.write(`${GET}\r\n`)
    while (!received().includes('aaa')) await new Promise((resolve) => setTimeout(resolve, 10))
    socket.write('this is no request\r\n\r\n')
    await new Promise((resolve) => setTimeout(resolve, 50))
    go()
    await ended
    const [, body = ''] = received().split('\r\n\r\n')
    expect(body.replace(/^a+/, '')).toBe('')
  })

  it('lives on when clients break off at any point', async () => {
    const port = await listen(
      createServer((request, response) => {
        request.resume().once('end', () => response.end('ok'))
      }),
    )
    const whole = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 20\r\n\r\n${'b'.repeat(20)}`
    await Promise.all(
      Array.from({ length: whole.length }, async (_, length) => {
        const { socket } = rawClient(port)
        await new Promise<void>(
          (resolve) => void socket.write(whole.slice(0, length) || 'P', () => resolve()),
        )
        socket.resetAndDestroy()
      }),
    )
    const { socket, received, ended } = rawClient(port)
    socket.write(`${GET}connection: close\r\n\r\n`)
    await ended
    expect(received()).toContain('200 OK')
  })
})
