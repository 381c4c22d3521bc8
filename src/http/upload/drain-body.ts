import type { IncomingMessage } from 'node:http'

/** What is read of a refused body before the connection is given up. */
const MAX_BYTES = 256 << 20
const MAX_MS = 20_000

/**
 * Reads the rest of a refused upload's body within a bound, so that the client, which is still sending,
 * sees the answer and not a reset connection. Resolves when there is nothing more to read: only then may
 * the answer be ended, for with `Connection: close` that closes the connection.
 */
export function drainBody(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    let read = 0
    const giveUp = (): void => void request.destroy()
    const timer = setTimeout(giveUp, MAX_MS)
    request.on('data', (chunk: Buffer) => {
      read += chunk.byteLength
      if (read > MAX_BYTES) giveUp()
    })
    request.on('error', () => {})
    request.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    // Whoever was reading has failed, and its pipe would stop the request once more when it closes.
    request.unpipe()
    request.resume()
  })
}
