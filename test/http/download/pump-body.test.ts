import { randomBytes } from 'node:crypto'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { ClientLeft } from '../../../src/http/client-left.ts'
import type { OpenContent } from '../../../src/http/download/content.ts'
import { pumpBody } from '../../../src/http/download/pump-body.ts'
import { BufferPool } from '../../../src/lib/buffer-pool.ts'
import { listen } from '../../helpers/listen.ts'

const MIB = 1 << 20

/** Answers one request with a pumped body; resolves what came of it on both sides. */
async function pumping(
  source: Pick<OpenContent, 'read'>,
  range: { start: number; end: number },
  { headers = {}, pool = new BufferPool(MIB) }: { headers?: object; pool?: BufferPool } = {},
) {
  const { promise: pumped, resolve } = Promise.withResolvers<Promise<number>>()
  const server = createServer((_, response) => {
    response.writeHead(200, { ...headers })
    const outcome = pumpBody({ ...source, close: () => {} }, response, range, pool)
    outcome.catch(() => response.destroy())
    resolve(outcome)
  })
  const port = await listen(server)
  const { promise, resolve: answered, reject } = Promise.withResolvers<IncomingMessage>()
  const request = get({ port, host: '127.0.0.1' }, answered)
  request.once('error', reject)
  return { answer: promise, pumped: pumped.then((outcome) => outcome), request }
}

function source(bytes: Buffer, atMost = Infinity): Pick<OpenContent, 'read'> {
  return {
    read: async (target, position) =>
      bytes.copy(target, 0, position, Math.min(bytes.byteLength, position + atMost)),
  }
}

describe('pumpBody', () => {
  const bytes = randomBytes(3 * MIB + 17)

  it.each([
    ['the whole', 0, bytes.byteLength, Infinity],
    ['the whole, in short reads', 0, bytes.byteLength, 40_001],
    ['a part', 1000, 2_000_001, Infinity],
    ['one byte', 5, 6, Infinity],
    ['nothing', 5, 5, Infinity],
    ['to an end that is not known', 0, Infinity, 100_000],
    ['from the end on', bytes.byteLength, Infinity, Infinity],
  ])('sends %s', async (_, start, end, atMost) => {
    const { answer, pumped } = await pumping(source(bytes, atMost), { start, end })
    const body = await buffer(await answer)
    expect(body.equals(bytes.subarray(start, end))).toBe(true)
    expect(await pumped).toBe(body.byteLength)
  })

  it('rejects when the source ends before its time, and the client sees no whole answer', async () => {
    const { answer, pumped } = await pumping(
      source(bytes.subarray(0, 100_000)),
      { start: 0, end: 200_000 },
      { headers: { 'content-length': 200_000 } },
    )
    await expect(pumped).rejects.toThrow('the file ended at 100000 of 200000 bytes')
    await expect(answer.then(buffer)).rejects.toBeInstanceOf(Error)
  })

  it('rejects with the error of the source', async () => {
    const broken = { read: () => Promise.reject(new Error('the fill was refused')) }
    const { answer, pumped } = await pumping(broken, { start: 0, end: Infinity })
    answer.catch(() => {})
    await expect(pumped).rejects.toThrow('the fill was refused')
  })

  it('holds two buffers for a client that does not read, and rejects when it leaves', async () => {
    let read = 0
    const endless = {
      read: async (target: Uint8Array) => {
        read += target.byteLength
        return target.byteLength
      },
    }
    const taken = vi.spyOn(BufferPool.prototype, 'take')
    const given = vi.spyOn(BufferPool.prototype, 'give')
    const { answer, pumped, request } = await pumping(endless, { start: 0, end: Infinity })
    const stream = await answer
    stream.pause()
    let before = -1
    while (read !== before) {
      before = read
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(taken.mock.calls.length - given.mock.calls.length).toBeLessThanOrEqual(2)
    stream.on('error', () => {})
    request.destroy()
    await expect(pumped).rejects.toBeInstanceOf(ClientLeft)
    vi.restoreAllMocks()
  })

  it('rejects when the client leaves while it waits for bytes that never come', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    let reads = 0
    const stalled = { read: () => (reads++ === 0 ? Promise.resolve(10) : promise) }
    const { answer, pumped, request } = await pumping(stalled, { start: 0, end: Infinity })
    const stream = await answer
    stream.on('error', () => {})
    request.destroy()
    await new Promise((done) => setTimeout(done, 30))
    resolve(10)
    await expect(pumped).rejects.toBeInstanceOf(ClientLeft)
  })

  it('rejects for a client that has left before the first byte', async () => {
    let ready: (response: ServerResponse) => void = () => {}
    const responses = new Promise<ServerResponse>((resolve) => (ready = resolve))
    const port = await listen(createServer((_, response) => ready(response)))
    const request = get({ port, host: '127.0.0.1' })
    request.on('error', () => {})
    const response = await responses
    request.destroy()
    await new Promise((resolve) => response.once('close', resolve))
    const content = { ...source(bytes), close: () => {} }
    const pool = new BufferPool(MIB)
    await expect(
      pumpBody(content, response, { start: 0, end: 3 * MIB }, pool),
    ).rejects.toBeInstanceOf(ClientLeft)
  })
})
