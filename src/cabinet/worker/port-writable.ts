import { Writable } from 'node:stream'
import type { MessagePort } from 'node:worker_threads'
import { toFailure } from './failure.ts'
import type { PortMessage } from './port-message.ts'

/** One large chunk can be made while the one before it waits for its reader. */
const HIGH_WATER_MARK = 1 << 19

/** Sends what is written to the `portReadable` at the other end of the port, each chunk only when that has room. */
export function portWritable(port: MessagePort): Writable {
  let wanted = 0
  let waiting: (() => void) | undefined
  const send = (message: PortMessage, transfer: ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer)
  }
  port.on('message', () => {
    wanted++
    waiting?.()
  })
  return new Writable({
    highWaterMark: HIGH_WATER_MARK,
    write(chunk: Uint8Array, _encoding, done) {
      waiting = () => {
        waiting = undefined
        wanted--
        // A copy, for a transferred buffer is gone here, and nobody knows who else has a view of it.
        const bytes = new Uint8Array(chunk)
        send({ kind: 'chunk', bytes }, [bytes.buffer])
        done()
      }
      if (wanted > 0) waiting()
    },
    final(done) {
      send({ kind: 'end' })
      done()
    },
    destroy(error, done) {
      if (error !== null) send({ kind: 'failed', failure: toFailure(error) })
      port.close()
      done(error)
    },
  })
}
