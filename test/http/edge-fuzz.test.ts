import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startEdgeServer } from '../fuzz/edge/edge-server.ts'
import { edgeProblems, edgeTarget } from '../fuzz/edge/edge-target.ts'
import { makeInput } from '../fuzz/make-input.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const ROUNDS = 400
const AT_ONCE = 20

it('no request, however broken, fails, is answered 5xx, or leaves something open', async () => {
  const target = edgeTarget(tempDir())
  onTestFinished(() => target.close())
  const seeds = target.seeds(Infinity)
  const check = async (round: number): Promise<void> => {
    const input = makeInput(target, seeds, 'edge', round)
    const problems = await target.check(input)
    expect([input.bytes.toString('latin1'), problems]).toEqual([expect.anything(), []])
  }
  for (const seed of seeds)
    expect([String(seed.bytes), await target.check(seed)]).toEqual([String(seed.bytes), []])
  const before = readdirSync('/proc/self/fd').length
  for (let round = 0; round < ROUNDS; round += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, offset) => check(round + offset)))
  // What is closed by a timer or behind an answer gets its time.
  let open = Infinity
  for (let tries = 0; tries < 50 && open > before; tries++) {
    await sleep(100)
    open = readdirSync('/proc/self/fd').length
  }
  expect(open).toBeLessThanOrEqual(before)
})

describe('framing that proxies and servers disagree about', () => {
  const hidden = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'
  it.each([
    ['length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked', `0\r\n\r\n${hidden}`],
    ['two lengths', `Content-Length: 0\r\nContent-Length: ${hidden.length}`, hidden],
    ['a length with a sign', `Content-Length: +${hidden.length}`, hidden],
    ['a list of lengths', `Content-Length: 0, ${hidden.length}`, hidden],
    ['a coding nobody knows', 'Transfer-Encoding: xchunked', `0\r\n\r\n${hidden}`],
    [
      'chunks that are not the last coding',
      'Transfer-Encoding: chunked, gzip',
      `0\r\n\r\n${hidden}`,
    ],
    ['a space before the colon', 'Transfer-Encoding : chunked', `0\r\n\r\n${hidden}`],
    [
      'a folded header',
      'Transfer-Encoding:\r\n chunked\r\nContent-Length: 5',
      `0\r\n\r\n${hidden}`,
    ],
    [
      'a chunk size of too many digits',
      'Transfer-Encoding: chunked',
      `${'0'.repeat(40)}1\r\na\r\n0\r\n\r\n`,
    ],
    ['a bare line feed in chunks', 'Transfer-Encoding: chunked', `1\na\n0\n\n${hidden}`],
  ])('%s: one answer at most, and the connection ends', async (_, headers, body) => {
    const server = await startEdgeServer(tempDir())
    onTestFinished(() => server.close())
    const line = `POST /${server.token}/symbols HTTP/1.1\r\nHost: a`
    const received = await server.exchange(Buffer.from(`${line}\r\n${headers}\r\n\r\n${body}`))
    expect(received.match(/HTTP\/1\.1 \d/g)?.length ?? 0).toBeLessThanOrEqual(1)
    expect(received).not.toContain('HTTP/1.1 200')
    expect(edgeProblems(received)).toEqual([])
  })
})
