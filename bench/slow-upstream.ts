import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { noise } from '../test/helpers/noise.ts'
import { pdbLayout } from '../test/helpers/pdb-layout.ts'

/** A distant server: each answer begins after this, and comes at this speed. */
const LATENCY_MS = 20
const BYTES_PER_MS = 50_000

const CHUNK_BYTES = 256 * 1024
const filler = noise(CHUNK_BYTES)
let requests = 0

/**
 * The upstream of the bench `fills`, in a process of its own: it has every PDB called `<MiB>.pdb`, whatever its
 * GUID, and nothing else. `GET /requests` tells how often it was asked since the last time. Its address is its output.
 */
const server = createServer((request, response) => {
  if (request.url === '/requests') {
    response.end(String(requests))
    requests = 0
    return
  }
  requests++
  const [, mebibytes, guid] =
    /^\/(\d+)\.pdb\/([\dA-F]{32})1\/\d+\.pdb$/.exec(request.url ?? '') ?? []
  setTimeout(LATENCY_MS)
    .then(() => {
      if (guid !== undefined) return send(response, guid, Number(mebibytes) << 20)
      response.writeHead(404, { 'content-length': 0 }).end()
    })
    .catch(() => response.destroy())
})

async function send(response: ServerResponse, guid: string, wanted: number): Promise<void> {
  const { size, parts } = pdbLayout({ guid, age: 1, size: wanted })
  response.writeHead(200, {
    'content-length': size,
    'content-type': 'application/octet-stream',
    'cache-control': 'public, max-age=31536000',
  })
  const start = performance.now()
  for (let offset = 0; offset < size && !response.destroyed; offset += CHUNK_BYTES) {
    const chunk = Buffer.from(filler.subarray(0, Math.min(CHUNK_BYTES, size - offset)))
    for (const part of parts) {
      const at = part.offset - offset
      if (at < chunk.byteLength && at + part.bytes.byteLength > 0)
        part.bytes.copy(chunk, Math.max(0, at), Math.max(0, -at))
    }
    const aheadMs = offset / BYTES_PER_MS - (performance.now() - start)
    if (aheadMs > 1) await setTimeout(aheadMs)
    if (!response.write(chunk)) await Promise.race([drained(response), setTimeout(10_000)])
  }
  response.end()
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('drain', resolve))
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
