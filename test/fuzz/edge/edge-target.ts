import { join } from 'node:path'
import type { RandomNumbers } from '../../helpers/random-numbers.ts'
import type { FuzzTarget } from '../fuzz-target.ts'
import { mutate } from '../mutate.ts'
import { edgeSeeds, TOKEN } from './edge-seeds.ts'
import { startEdgeServer, type EdgeServer } from './edge-server.ts'

const MAX_CHANGES = 3

/** What requests are broken with. */
const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '\t ',
  '%00',
  '%0d%0aX-Injected: 1',
  ': ',
  '/../',
  '%2F',
  '?',
  '#',
  ',',
  ';',
  '"',
  '--b\r\n',
  '0\r\n\r\n',
  'a'.repeat(9000),
  '\u00ff\u0080',
  '-1',
  '18446744073709551616',
  'Content-Length: 1\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Expect: 100-continue\r\n',
  'Connection: close\r\n',
  'Range: bytes=0-0,-1\r\n',
  'HTTP/1.0',
]

/** A server that is sent anything at all: it neither fails, nor breaks, nor keeps the connection, nor says what it was told to. */
export function edgeTarget(folder: string): FuzzTarget & { close(): Promise<void> } {
  let server: Promise<EdgeServer> | undefined
  return {
    seeds: () => edgeSeeds.map((text) => ({ name: 'request', bytes: Buffer.from(text, 'latin1') })),
    vary({ name, bytes }, donor, random) {
      if (random(3) === 0) return { name, bytes: mutate(bytes, donor.bytes, random) }
      const text = bytes.toString('latin1')
      return {
        name,
        bytes: Buffer.from(vary(text, donor.bytes.toString('latin1'), random), 'latin1'),
      }
    },
    async check({ bytes }) {
      server ??= startEdgeServer(join(folder, 'edge'))
      const running = await server
      const received = await running.exchange(
        Buffer.from(bytes.toString('latin1').replaceAll(TOKEN, running.token), 'latin1'),
      )
      return edgeProblems(received)
    },
    async close() {
      await (await server)?.close()
    },
  }
}

/** What must not be in an answer. */
export function edgeProblems(received: string): readonly string[] {
  const failure = /(?:^|\n)HTTP\/1\.1 5\d\d[^\r\n]*/.exec(received)
  const injected = /(?:^|\n)x-injected[^\r\n]*/i.exec(received)
  return [failure, injected].flatMap((found) => (found === null ? [] : [`answered: ${found[0]}`]))
}

function vary(text: string, donor: string, random: RandomNumbers): string {
  let made = text
  for (let change = random(MAX_CHANGES); change >= 0; change--) {
    const at = random(made.length + 1)
    const piece = PIECES[random(PIECES.length)] ?? ''
    const lines = made.split('\r\n')
    const line = random(lines.length)
    switch (random(6)) {
      case 0:
        made = made.slice(0, at) + piece + made.slice(at)
        break
      case 1:
        made = made.slice(0, at) + piece + made.slice(at + piece.length)
        break
      case 2:
        lines.splice(line, 1)
        made = lines.join('\r\n')
        break
      case 3:
        lines.splice(line, 0, lines[random(lines.length)] ?? '')
        made = lines.join('\r\n')
        break
      case 4:
        lines.splice(line, 0, donor.split('\r\n')[random(3)] ?? '')
        made = lines.join('\r\n')
        break
      default:
        // One after the other on the same connection.
        made = random(2) === 0 ? made + donor : made.slice(0, at)
    }
  }
  return made
}
