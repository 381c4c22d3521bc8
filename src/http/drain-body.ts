import type { IncomingMessage } from 'node:http'

/** What is read of a refused body before the connection is given up. */
const MAX_BYTES = 256 << 20
const MAX_MS = 20_000

/**
 * Reads the rest of a refused upload's body within a bound, so that the client, which is still sending,
 * sees the answer and not a reset connection.
 */
export function drainBody(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return
  let read = 0
  const giveUp = (): void => void request.destroy()
  const timer = setTimeout(giveUp, MAX_MS)
  request.on('data', (chunk: Buffer) => {
    read += chunk.byteLength
    if (read > MAX_BYTES) giveUp()
  })
  request.on('error', () => {})
  request.once('close', () => clearTimeout(timer))
  request.resume()
}
